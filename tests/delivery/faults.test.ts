/**
 * The promises on the cluster: each fault once by itself and some in pairs, while people write and read. A run of its own for
 * longer, with more faults, is `npm run test:delivery -- --long`.
 */
import { expect, test } from "bun:test";
import type { Violation } from "./check.ts";
import { runDelivery } from "./run.ts";
import { summary } from "./summary.ts";

const pairs = 4;
const limitMs = 480_000;

/** Also of a try before: where a test is tried again because the machine was too busy, a broken promise is not forgiven. */
const found: Violation[] = [];

test(
  "whatever is killed, frozen, emptied or poisoned, nothing is lost, doubled, out of order or shown outside",
  async () => {
    const outcome = await runDelivery({
      seed: Number(process.env.DELIVERY_SEED || Date.now() % 1_000_000),
      gateways: 2,
      bots: 1,
      brokers: 1,
      disk: false,
      clock: false,
      rooms: 4,
      writersOfEach: 4,
      readersOfEach: 3,
      pauseMs: [40, 120],
      awayMs: [300, 2_000],
      frozenMs: [3_500, 4_500],
      pairsAfterEach: pairs,
      say: console.log,
    });
    console.log(summary(outcome));
    found.push(...outcome.violations);
    expect(found).toEqual([]);
  },
  limitMs,
);
