/** The memory claims' own limit: how many names they keep. */
import { expect, test } from "bun:test";
import { createMemoryClaims } from "./claims.ts";
import { createFixedClock } from "./clock.ts";

test("the oldest names are given up first, and those whose time is over", async () => {
  const clock = createFixedClock();
  const claims = createMemoryClaims({ clock, maxNames: 3 });
  for (const name of ["a", "b", "c"]) expect(await claims.take(name, 1_000)).toBe(true);
  expect(await claims.take("a", 1_000)).toBe(false);
  expect(await claims.take("d", 1_000)).toBe(true);
  expect(await claims.take("a", 1_000)).toBe(true);
  expect(await claims.take("d", 1_000)).toBe(false);
  clock.advance(1_000);
  expect(await claims.take("d", 1_000)).toBe(true);
});
