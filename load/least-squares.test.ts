import { expect, test } from "bun:test";
import { costsOf } from "./least-squares.ts";

const things = ["idle", "message", "write"] as const;
const known = { idle: 900, message: 250, write: 7 };

function sum(of: Partial<typeof known>) {
  return { of, cost: things.reduce((all, thing) => all + (of[thing] ?? 0) * known[thing], 0) };
}

const sums = [
  sum({ idle: 10 }),
  sum({ idle: 12, message: 1_800 }),
  sum({ idle: 12, message: 1_800, write: 1_800 }),
  sum({ idle: 12, message: 120, write: 120_000 }),
];

test("finds what each costs", () => {
  const costs = costsOf(things, sums);
  for (const thing of things) expect(costs[thing]).toBeCloseTo(known[thing], 3);
});

test("stays near when each sum is off by some", () => {
  const costs = costsOf(
    things,
    sums.map(({ of, cost }, n) => ({ of, cost: cost * (n % 2 === 0 ? 1.05 : 0.95) })),
  );
  for (const thing of things) expect(Math.abs(costs[thing] / known[thing] - 1)).toBeLessThan(0.3);
});

test("nothing costs less than nothing", () => {
  const costs = costsOf(
    ["idle", "message"],
    [
      { of: { idle: 10 }, cost: 1_000 },
      { of: { idle: 10, message: 100 }, cost: 900 },
    ],
  );
  expect(costs.message).toBe(0);
  expect(costs.idle).toBeGreaterThan(0);
});
