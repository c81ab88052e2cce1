/**
 * The health check of a container that reads the log: exit code 0 if Kafka counts this container among the members of
 * KAFKA_GROUP_ID, or of the group of it that is named (`check-reader.ts bots`), and they have shared out the partitions. A reader that hangs, or has lost its brokers, is put out of the
 * group within its session. While one that ended without a word is waited for, nobody reads, and nobody is healthy.
 */
import { networkInterfaces } from "node:os";
import { Kafka, logLevel } from "kafkajs";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { calmRequestQueues } from "#adapters/kafka/request-queue.ts";

const withinMs = 8_000;

const { kafkaBrokers, kafkaGroupId } = readClusterSettings({
  ...process.env,
  // Not asked here, so not wanted here.
  DATABASE_URL: "postgres://unused",
  REDIS_URL: "redis://unused",
});
const [, , kind] = process.argv;
const groupId = kind === undefined ? kafkaGroupId : `${kafkaGroupId}.${kind}`;
const overdue = setTimeout(() => end(`Kafka did not answer within ${withinMs / 1000} s.`), withinMs);

calmRequestQueues();
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
  const { groups } = await admin.describeGroups([groupId]);
  await admin.disconnect();
  const { state = "unknown", members = [] } = groups[0] ?? {};
  const hosts = members.map(({ clientHost }) => clientHost.replace(/^\//, ""));
  const reads = state === "Stable" && hosts.some(isOwn);
  end(reads ? undefined : `The group ${groupId} is ${state}, with members at [${hosts.join(", ")}].`);
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
