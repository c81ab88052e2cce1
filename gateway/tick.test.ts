/** How long events wait for each other. */
import { expect, test } from "bun:test";
import { longestTickMs, shortestTickMs, tickMs } from "./tick.ts";

test("the more sockets take a room's events, the longer they wait for each other, within what nobody feels", () => {
  expect([0, 1, 400].map(tickMs)).toEqual([shortestTickMs, shortestTickMs, shortestTickMs]);
  expect(tickMs(401)).toBeGreaterThan(shortestTickMs);
  expect(tickMs(2_000)).toBe(100);
  expect([2_500, 2_501, 1_000_000].map(tickMs)).toEqual([longestTickMs, longestTickMs, longestTickMs]);
});
