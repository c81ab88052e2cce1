/** Fifty of the same at once, at two gateways of a cluster with Redis, Kafka and Postgres, are one event. */
import { expect, test } from "bun:test";
import { fiftyAtOnce } from "../support/at-once.ts";
import { startCluster } from "../support/cluster.ts";

test("at two gateways", async () => {
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LIMITS: "off", LOG_LEVEL: "error" } });
  const urls = (await cluster.processes("gateway")).map(({ port }) => `http://127.0.0.1:${port}`);
  expect(urls).toHaveLength(2);
  await fiftyAtOnce(urls);
}, 240_000);
