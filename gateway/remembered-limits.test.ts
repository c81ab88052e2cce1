import { expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { rememberRefusals } from "./remembered-limits.ts";

test("what was refused is not asked for again before it may be taken, and then it is", async () => {
  const clock = createFixedClock();
  let asked = 0;
  const counted = createMemoryRateLimiter({ clock });
  const limiter = rememberRefusals(
    {
      ...counted,
      take: (...args) => {
        asked += 1;
        return counted.take(...args);
      },
    },
    clock,
  );
  const limit = { name: "n", burst: 2, perMs: 10_000 };
  const take = async (key = "k") => await limiter.take(limit, key);
  expect([(await take()).allowed, (await take()).allowed, (await take()).allowed]).toEqual([true, true, false]);
  expect(asked).toBe(3);
  clock.advance(2_000);
  for (let n = 0; n < 5; n++) expect(await take()).toMatchObject({ allowed: false, retryAfterMs: 3_000, left: 0 });
  expect(asked).toBe(3);
  expect((await take("other")).allowed).toBe(true);
  clock.advance(3_000);
  expect((await take()).allowed).toBe(true);
  expect(asked).toBe(5);
});
