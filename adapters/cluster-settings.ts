/** Where the parts of a cluster are, from the environment: as addresses, or as the hosts and ports of the original stack. */

import { type SettingsReader, settingsReader } from "#domain/config-error.ts";
import { steadySeconds } from "#domain/join-versions.ts";

export interface ClusterSettings {
  readonly databaseUrl: string;
  readonly redisUrls: readonly string[];
  /** The servers are a Redis Cluster, of which the addresses are some. */
  readonly redisCluster: boolean;
  readonly kafkaBrokers: readonly string[];
  readonly kafkaTopic: string;
  readonly kafkaGroupId: string;
  readonly kafkaPartitions: number;
  readonly kafkaReplicas: number;
  readonly kafkaRetentionHours: number;
  /** Whether the level rises by itself when all run the newer version, and for how long they must have. */
  readonly upgrade: "auto" | "manual";
  readonly upgradeAfterSeconds: number;
}

/** Every variable that is read here, for the test that keeps .env.example complete. */
export const clusterVariables = [
  "DATABASE_URL",
  "POSTGRES_HOST",
  "POSTGRES_PORT",
  "POSTGRES_USER",
  "POSTGRES_PASSWORD",
  "POSTGRES_DB",
  "REDIS_URL",
  "REDIS_CLUSTER",
  "REDIS_HOST",
  "REDIS_PORT",
  "KAFKA_BROKERS",
  "KAFKA_HOST",
  "KAFKA_PORT",
  "KAFKA_TOPIC",
  "KAFKA_GROUP_ID",
  "KAFKA_PARTITIONS",
  "KAFKA_REPLICAS",
  "KAFKA_RETENTION_HOURS",
  "UPGRADE",
  "UPGRADE_AFTER_SECONDS",
] as const;

/** Redis remembers ids that were not stored yet for 30 days: the log must not bring one back after that. */
const longestRetentionHours = 29 * 24;

/** A week: longer is `manual`. */
const longestSteadySeconds = 7 * 24 * 3_600;

type Variable = (typeof clusterVariables)[number];
type Environment = Readonly<Record<string, string | undefined>>;

const topicName = /^[\w.-]{1,200}$/;
const broker = /^[\w.-]+:\d{1,5}$/;

/** @throws ConfigError with a sentence for each variable that is wrong or missing */
export function readClusterSettings(env: Environment): ClusterSettings {
  const reader = settingsReader<Variable>(env);
  const { text, whole, complain } = reader;
  const address = (name: Variable, protocols: readonly string[], given: string) => {
    const known = URL.canParse(given) && protocols.includes(new URL(given).protocol);
    // An address may hold a password, so it is not shown.
    if (!known) complain(name, `must be an address like ${protocols[0]}//host:port`);
    return given;
  };
  const named = (name: Variable, fallback: string) => {
    const given = text(name) ?? fallback;
    if (!topicName.test(given)) complain(name, "may have letters, digits, dots, dashes and underscores only");
    return given;
  };

  const postgres = ["postgres:", "postgresql:"];
  const databaseUrl = address("DATABASE_URL", postgres, text("DATABASE_URL") ?? postgresUrl(reader) ?? "");
  const redis =
    text("REDIS_URL") ??
    (text("REDIS_HOST") && `redis://${text("REDIS_HOST")}:${whole("REDIS_PORT", 6379, 1, 65_535)}`);
  const redisUrls = listOf(redis).map((url) => address("REDIS_URL", ["redis:", "rediss:"], url));
  if (redisUrls.length === 0) complain("REDIS_URL", "is missing: say where Redis is, such as redis://localhost:6379");
  const kafka =
    text("KAFKA_BROKERS") ?? (text("KAFKA_HOST") && `${text("KAFKA_HOST")}:${whole("KAFKA_PORT", 9092, 1, 65_535)}`);
  const kafkaBrokers = listOf(kafka);
  if (kafkaBrokers.length === 0) complain("KAFKA_BROKERS", "is missing: say where Kafka is, such as localhost:9092");
  for (const each of kafkaBrokers)
    if (!broker.test(each)) {
      // What stands before an @ may be a password.
      const shown = each.includes("@") ? "a name or password" : JSON.stringify(each);
      complain("KAFKA_BROKERS", `must be a list of host:port, but has ${shown}`);
    }

  const upgrade = text("UPGRADE") ?? "auto";
  if (upgrade !== "auto" && upgrade !== "manual") complain("UPGRADE", 'must be "auto" or "manual"');

  const settings: ClusterSettings = {
    databaseUrl,
    redisUrls,
    redisCluster: text("REDIS_CLUSTER") === "on",
    kafkaBrokers,
    kafkaTopic: named("KAFKA_TOPIC", "room-events"),
    kafkaGroupId: named("KAFKA_GROUP_ID", "writers"),
    kafkaPartitions: whole("KAFKA_PARTITIONS", 12, 1, 1_000),
    kafkaReplicas: whole("KAFKA_REPLICAS", 1, 1, 9),
    kafkaRetentionHours: whole("KAFKA_RETENTION_HOURS", 168, 1, longestRetentionHours),
    upgrade: upgrade === "manual" ? "manual" : "auto",
    upgradeAfterSeconds: whole("UPGRADE_AFTER_SECONDS", steadySeconds, 0, longestSteadySeconds),
  };
  reader.check();
  return settings;
}

function postgresUrl({ text, whole }: SettingsReader<Variable>): string | undefined {
  const host = text("POSTGRES_HOST");
  if (host === undefined) return undefined;
  const url = new URL(`postgres://${host}:${whole("POSTGRES_PORT", 5432, 1, 65_535)}`);
  url.username = text("POSTGRES_USER") ?? "postgres";
  url.password = text("POSTGRES_PASSWORD") ?? "";
  url.pathname = `/${text("POSTGRES_DB") ?? "superchat"}`;
  return url.href;
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
