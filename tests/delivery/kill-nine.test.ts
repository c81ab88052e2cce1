/** The promises in standalone mode: the process is killed with -9 ten times while people write and read. */
import { expect, test } from "bun:test";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";
import { check } from "./check.ts";
import { startCrowd } from "./crowd.ts";
import { gatherFromApi } from "./evidence.ts";

const kills = 10;
/** Acks between two kills, so that each life of the process does work. */
const acksPerLife = 60;
const readWithinMs = 60_000;
/** No pause: a kill meets as many messages as there are writers. */
const pauseMs = [0, 0] as const;

test("what was acked is there once, in one order without holes, for everybody who may see it", async () => {
  await using server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "error" } });
  const startedAt = Date.now();
  const sizes = { asks: false, rooms: 2, writersOfEach: 4, readersOfEach: 2 };
  const crowd = await startCrowd({ base: server.url, random: Math.random, pauseMs, ...sizes });
  for (let n = 1; n <= kills; n++) {
    const target = crowd.acks() + acksPerLife;
    await until(() => crowd.acks() >= target, { deadlineMs: 60_000, what: `${acksPerLife} more acks in life ${n}` });
    await server.kill("SIGKILL");
    await server.restart();
    if (n === kills / 2) await crowd.leave();
  }
  const seen = await crowd.stop(readWithinMs);
  const evidence = await gatherFromApi({ base: server.url, rooms: crowd.rooms, reader: crowd.owner });
  // One epoch all along, so no offset is missing anywhere.
  const nothing = { lives: [], unordered: [], poisons: [] };
  expect(check({ startedAt, rooms: crowd.rooms, ...nothing, ...seen(evidence), ...evidence })).toEqual([]);
  expect(crowd.acks()).toBeGreaterThanOrEqual(kills * acksPerLife);
}, 300_000);
