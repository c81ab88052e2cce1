import { expect, test } from "bun:test";
import { type HookStanding, slowAfterMs } from "#domain/hook.ts";
import type { EventId } from "#domain/ids.ts";
import {
  afterRefused,
  afterTaken,
  firstPauseMs,
  longestPauseMs,
  longestRetryAfterMs,
  patienceMs,
  timeOf,
} from "./outcome.ts";

const notice = "notice" as EventId;
const fresh: HookStanding = { position: 3, state: "on", failures: 0, nextTryAt: timeOf(0) };
const at = (nowMs: number) => ({ nowMs, random: () => 1, tookMs: 5, notice });
const answered = (status: number, retryAfterMs?: number) =>
  ({ type: "answered", status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }) as const;
const pauseAfterFailures = (failures: number, retryAfterMs?: number) =>
  Date.parse(afterRefused({ ...fresh, failures: failures - 1 }, answered(500, retryAfterMs), at(0)).nextTryAt);

test("pauses double up to an hour, with chance in them", () => {
  expect([1, 2, 3].map((failures) => pauseAfterFailures(failures))).toEqual([5_000, 10_000, 20_000]);
  expect([11, 12, 500].map((failures) => pauseAfterFailures(failures))).toEqual([
    longestPauseMs,
    longestPauseMs,
    longestPauseMs,
  ]);
  const lucky = afterRefused(fresh, answered(500), { ...at(0), random: () => 0 });
  expect(Date.parse(lucky.nextTryAt)).toBe(firstPauseMs / 2);
});

test("waits as long as it is asked to, within a day", () => {
  expect(pauseAfterFailures(1, 90_000)).toBe(90_000);
  expect(pauseAfterFailures(3, 1_000)).toBe(20_000);
  expect(pauseAfterFailures(1, 10 * longestRetryAfterMs)).toBe(longestRetryAfterMs);
});

test("failing is remembered from its first try on, and over with the first good one", () => {
  const failing = afterRefused(afterRefused(fresh, answered(500), at(1_000)), answered(503), at(9_000));
  expect(failing).toMatchObject({ position: 3, failures: 2, failingSince: timeOf(1_000) });
  expect(failing.lastFailure).toEqual({ at: timeOf(9_000), reason: "It answered 503." });
  const good = afterTaken(failing, 8, at(20_000));
  expect(good).toMatchObject({ position: 8, failures: 0, lastSuccessAt: timeOf(20_000), nextTryAt: timeOf(20_000) });
  expect(good.failingSince).toBeUndefined();
});

test("who is slow is left alone for a while, whether it took what was sent or not", () => {
  const took = (tookMs: number) => ({ ...at(0), tookMs });
  const taken = (tookMs: number) => Date.parse(afterTaken(fresh, 8, took(tookMs)).nextTryAt);
  expect([taken(slowAfterMs), taken(slowAfterMs + 1), taken(9_000)]).toEqual([0, 2_002, 18_000]);
  const refused = (tookMs: number) => Date.parse(afterRefused(fresh, answered(500), took(tookMs)).nextTryAt);
  expect([refused(slowAfterMs), refused(9_000)]).toEqual([firstPauseMs, 18_000]);
  expect(afterTaken(fresh, 8, took(9_000)).tookMs).toBe(9_000);
});

test("three days of failure switch it off, and one moment less does not", () => {
  const failing = { ...fresh, failures: 80, failingSince: timeOf(0) };
  const silent = { type: "unanswered", reason: "It did not answer in time." } as const;
  expect(afterRefused(failing, silent, at(patienceMs - 1)).state).toBe("on");
  expect(afterRefused(failing, silent, at(patienceMs))).toMatchObject({ state: "off", position: 3, notice });
});

test("410 switches it off at once", () => {
  expect(afterRefused(fresh, answered(410), at(7))).toMatchObject({ state: "off", notice, nextTryAt: timeOf(7) });
  expect(afterRefused(fresh, answered(404), at(7)).state).toBe("on");
  expect(afterRefused(fresh, answered(301), at(7)).lastFailure?.reason).toContain("redirection");
});
