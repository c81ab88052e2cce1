import { expect, test } from "bun:test";
import { ConfigError } from "#domain/config-error.ts";
import { readClusterSettings } from "./cluster-settings.ts";

const addresses = {
  DATABASE_URL: "postgres://a:b@db/chat",
  REDIS_URL: "redis://redis:6379",
  KAFKA_BROKERS: "kafka:9092",
};

const problemsOf = (env: Record<string, string>) => {
  try {
    readClusterSettings(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("three addresses are enough", () => {
  expect(readClusterSettings(addresses)).toMatchObject({
    databaseUrl: addresses.DATABASE_URL,
    redisUrls: [addresses.REDIS_URL],
    kafkaBrokers: ["kafka:9092"],
    kafkaTopic: "room-events",
    kafkaPartitions: 12,
  });
});

test("hosts and ports of the original stack do as well", () => {
  const env = {
    POSTGRES_HOST: "db",
    POSTGRES_PASSWORD: "p@ss",
    REDIS_HOST: "r",
    REDIS_PORT: "1",
    KAFKA_HOST: "k",
    KAFKA_PORT: "2",
  };
  const settings = readClusterSettings(env);
  expect(settings.databaseUrl).toBe("postgres://postgres:p%40ss@db:5432/superchat");
  expect([settings.redisUrls, settings.kafkaBrokers]).toEqual([["redis://r:1"], ["k:2"]]);
});

test("all that is missing or wrong is named at once, and no password shown", () => {
  expect(problemsOf({}).map((problem) => problem.split(" ")[0])).toEqual([
    "DATABASE_URL",
    "REDIS_URL",
    "KAFKA_BROKERS",
  ]);
  const wrong = problemsOf({
    ...addresses,
    DATABASE_URL: "mysql://u:secret@h",
    KAFKA_TOPIC: "a b",
    KAFKA_PARTITIONS: "0",
  });
  expect(wrong.map((problem) => problem.split(" ")[0])).toEqual(["DATABASE_URL", "KAFKA_TOPIC", "KAFKA_PARTITIONS"]);
  expect(wrong.join()).not.toContain("secret");
});

test("no secret in an address is shown", () => {
  const wrong = {
    DATABASE_URL: "http://chat:hunter2@db/x",
    REDIS_URL: "http://:hunter2@redis",
    KAFKA_BROKERS: "chat:hunter2@kafka:9092",
  };
  expect(() => readClusterSettings(wrong)).toThrow(ConfigError);
  try {
    readClusterSettings(wrong);
  } catch (error) {
    expect((error as ConfigError).problems.join()).not.toContain("hunter2");
    expect((error as ConfigError).problems).toHaveLength(3);
  }
});
