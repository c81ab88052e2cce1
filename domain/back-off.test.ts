/** When and how slowly it is tried again. */
import { expect, test } from "bun:test";
import { firstPauseMs, longestPauseMs, pauseAfter, whileUnavailable } from "./back-off.ts";
import { ChatError, unavailable } from "./errors.ts";

test("pauses double from the first to the longest, jittered between half and all", () => {
  const most = () => 1;
  const least = () => 0;
  expect([1, 2, 3, 4].map((failures) => pauseAfter(failures, firstPauseMs, most))).toEqual([50, 100, 200, 400]);
  expect([8, 9, 1_000_000].map((failures) => pauseAfter(failures, firstPauseMs, most))).toEqual(
    Array(3).fill(longestPauseMs),
  );
  expect(pauseAfter(1, firstPauseMs, least)).toBe(firstPauseMs / 2);
  expect(pauseAfter(99, firstPauseMs, least)).toBe(longestPauseMs / 2);
});

test("only what is unavailable is tried again", async () => {
  let tries = 0;
  const stop = new AbortController().signal;
  const work = async () => {
    tries += 1;
    throw tries < 3 ? unavailable("away") : new ChatError("conflict", "no");
  };
  await expect(whileUnavailable(work, { stop, firstPauseMs: 1 })).rejects.toMatchObject({ code: "conflict" });
  expect(tries).toBe(3);
});

test("stopping ends the pause, tries once more, and then fails", async () => {
  const stopping = new AbortController();
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw unavailable("away");
  };
  const onRetry = () => queueMicrotask(() => stopping.abort());
  await expect(whileUnavailable(work, { stop: stopping.signal, firstPauseMs: 60_000, onRetry })).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(tries).toBe(2);
});
