/**
 * The health check of a container that reads the log: exit code 0 if Kafka counts this container among the members of
 * KAFKA_GROUP_ID. A reader that hangs, or has lost its brokers, is put out of the group within its session.
 */
import { networkInterfaces } from "node:os";
import { Kafka, logLevel } from "kafkajs";
import { readClusterSettings } from "#adapters/cluster-settings.ts";

const withinMs = 8_000;

const { kafkaBrokers, kafkaGroupId } = readClusterSettings({
  ...process.env,
  // Not asked here, so not wanted here.
  DATABASE_URL: "postgres://unused",
  REDIS_URL: "redis://unused",
});
const overdue = setTimeout(() => end(`Kafka did not answer within ${withinMs / 1000} s.`), withinMs);

const kafka = new Kafka({
  brokers: [...kafkaBrokers],
  clientId: "health-check",
  logLevel: logLevel.NOTHING,
  connectionTimeout: withinMs,
  requestTimeout: withinMs,
  // Its first question to a group fails: it connects by trying again.
  retry: { initialRetryTime: 100, retries: 2 },
});
try {
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([kafkaGroupId]);
  await admin.disconnect();
  const hosts = groups.flatMap(({ members }) => members.map(({ clientHost }) => clientHost.replace(/^\//, "")));
  end(hosts.some(isOwn) ? undefined : `The group ${kafkaGroupId} has members at [${hosts.join(", ")}], none is here.`);
} catch (error) {
  end(String(error));
}

function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((own) => own?.some((each) => each.address === address));
}

function end(problem: string | undefined): never {
  clearTimeout(overdue);
  if (problem !== undefined) console.error(problem);
  process.exit(problem === undefined ? 0 : 1);
}
