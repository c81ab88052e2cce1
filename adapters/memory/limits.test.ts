/** How the memory adapters stay small: presence, rate limits, and clocks that go wrong. */
import { expect, test } from "bun:test";
import { createFixedClock } from "./clock.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "./rate-limiter.ts";

const once = { name: "once", burst: 1, perMs: 60_000 };

test("of too many keys the one unused for longest is forgotten", async () => {
  const limiter = createMemoryRateLimiter({ clock: createFixedClock(), maxKeys: 3 });
  const allowed = async (key: string) => (await limiter.take(once, key)).allowed;
  for (const key of ["a", "b", "c"]) expect(await allowed(key)).toBe(true);
  expect(await allowed("a")).toBe(false);
  expect(await allowed("d")).toBe(true);
  expect(await allowed("a")).toBe(false);
  expect(await allowed("b")).toBe(true);
});

test("a clock set back locks nobody out for longer than a full refill", async () => {
  const clock = createFixedClock();
  const limiter = createMemoryRateLimiter({ clock });
  await limiter.take(once, "a");
  clock.advance(-3_600_000);
  expect((await limiter.take(once, "a")).retryAfterMs).toBe(60_000);
  clock.advance(60_000);
  expect((await limiter.take(once, "a")).allowed).toBe(true);
});

test("without limits everything is allowed", async () => {
  const limiter = createOpenRateLimiter();
  for (let tries = 0; tries < 10; tries++)
    expect(await limiter.take(once, "a")).toEqual({ allowed: true, retryAfterMs: 0, left: once.burst, fullInMs: 0 });
});
