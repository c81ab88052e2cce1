import { expect, test } from "bun:test";
import { createStandstill, standstillMs } from "./standstill.ts";

test("that nothing happened for longer than it may is told once, to all, before the next use; shorter gaps are not", () => {
  let now = 5;
  const standstill = createStandstill(() => now);
  const told: string[] = [];
  const ends = ["a", "b"].map((name) => standstill.onThaw(() => told.push(name)));
  for (let looks = 0; looks < 3; looks++) {
    now += standstillMs;
    expect(standstill.count()).toBe(0);
  }
  now += standstillMs + 1;
  expect(standstill.count()).toBe(1);
  expect(standstill.count()).toBe(1);
  expect(told).toEqual(["a", "b"]);
  ends[0]?.();
  now += 2 * standstillMs;
  expect(standstill.count()).toBe(2);
  expect(told).toEqual(["a", "b", "b"]);
  ends[1]?.();
});

test("while nobody wants to know, no time counts", () => {
  let now = 0;
  const standstill = createStandstill(() => now);
  now += 10 * standstillMs;
  let told = 0;
  const end = standstill.onThaw(() => {
    told += 1;
  });
  expect([standstill.count(), told]).toEqual([0, 0]);
  end();
});

test("it is noticed without any use", async () => {
  const standstill = createStandstill();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = standstill.onThaw(resolve);
  const until = performance.now() + standstillMs + 500;
  while (performance.now() < until);
  await promise;
  end();
});
