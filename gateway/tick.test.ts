/** How long events wait for each other. */
import { expect, test } from "bun:test";
import { longestTickMs, shortestTickMs, tickMs } from "./tick.ts";

test("the more sockets take a room's events, the longer they wait for each other, within what nobody feels", () => {
  expect([0, 1, 307].map(tickMs)).toEqual([shortestTickMs, shortestTickMs, shortestTickMs]);
  expect(tickMs(308)).toBeGreaterThan(shortestTickMs);
  expect(tickMs(1_000)).toBe(65);
  expect([1_924, 5_000, 1_000_000].map(tickMs)).toEqual([longestTickMs, longestTickMs, longestTickMs]);
});
