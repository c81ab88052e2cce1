/** How long events wait for each other. */
import { expect, test } from "bun:test";
import { longestTickMs, shortestTickMs, tickMs } from "./tick.ts";

test("the more sockets take a room's events, the longer they wait for each other, within what nobody feels", () => {
  expect([0, 1, 800].map(tickMs)).toEqual([shortestTickMs, shortestTickMs, shortestTickMs]);
  expect(tickMs(801)).toBeGreaterThan(shortestTickMs);
  expect(tickMs(4_000)).toBe(100);
  expect([8_000, 8_001, 1_000_000].map(tickMs)).toEqual([longestTickMs, longestTickMs, longestTickMs]);
});
