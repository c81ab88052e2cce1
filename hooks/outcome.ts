/** How a hook stands after a try: further on, waiting for the next try, or switched off. Pure. */
import { pauseAfter } from "#domain/back-off.ts";
import { type HookFailure, type HookStanding, isSlow } from "#domain/hook.ts";
import type { EventId } from "#domain/ids.ts";
import type { Receipt } from "#domain/ports/index.ts";

export const firstPauseMs = 5_000;
/** A receiver that was slow is left alone for so many times as long as it took: it is worked for at most a third of the time. */
export const slowPauseFactor = 2;
export const longestPauseMs = 3_600_000;
/** What a receiver may ask for; more counts as this. */
export const longestRetryAfterMs = 24 * 3_600_000;
/** After failing for so long a hook is switched off. */
export const patienceMs = 3 * 24 * 3_600_000;

export interface Moment {
  readonly nowMs: number;
  readonly random: () => number;
  /** How long the try took. */
  readonly tookMs: number;
  /** For the message that tells its maker, should it be switched off. */
  readonly notice: EventId;
}

export type Outcome = "taken" | "failed" | "gone";

export function outcomeOf(receipt: Receipt): Outcome {
  if (receipt.type === "unanswered") return "failed";
  if (receipt.status >= 200 && receipt.status < 300) return "taken";
  return receipt.status === 410 ? "gone" : "failed";
}

/** @param to offset of the last event that the receiver has taken */
export function afterTaken(
  standing: HookStanding,
  to: number,
  { nowMs, tookMs }: Omit<Moment, "notice" | "random">,
): HookStanding {
  const { failingSince: _since, ...rest } = standing;
  const nextTryAt = timeOf(nowMs + slowPauseMs(tookMs));
  return { ...rest, position: to, failures: 0, tookMs, lastSuccessAt: timeOf(nowMs), nextTryAt };
}

export function afterRefused(standing: HookStanding, receipt: Receipt, moment: Moment): HookStanding {
  const failure = { at: timeOf(moment.nowMs), reason: reasonOf(receipt) };
  if (outcomeOf(receipt) === "gone") return switchedOff(standing, failure, moment);
  const failures = standing.failures + 1;
  const failingSince = standing.failingSince ?? failure.at;
  const failing = { ...standing, failures, tookMs: moment.tookMs, failingSince, lastFailure: failure };
  if (moment.nowMs - Date.parse(failingSince) >= patienceMs) return switchedOff(failing, failure, moment);
  const asked = receipt.type === "answered" ? Math.min(receipt.retryAfterMs ?? 0, longestRetryAfterMs) : 0;
  const failed = pauseAfter(failures, firstPauseMs, moment.random, longestPauseMs);
  const pauseMs = Math.max(asked, failed, slowPauseMs(moment.tookMs));
  return { ...failing, nextTryAt: timeOf(moment.nowMs + pauseMs) };
}

export function switchedOff(
  standing: HookStanding,
  lastFailure: HookFailure,
  moment: Pick<Moment, "notice">,
): HookStanding {
  return { ...standing, state: "off", lastFailure, notice: moment.notice, nextTryAt: lastFailure.at };
}

function slowPauseMs(tookMs: number): number {
  return isSlow({ tookMs }) ? slowPauseFactor * tookMs : 0;
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function reasonOf(receipt: Receipt): string {
  if (receipt.type === "unanswered") return receipt.reason;
  if (receipt.status === 410) return "It answered 410: it wants nothing any more.";
  if (receipt.status >= 300 && receipt.status < 400)
    return `It answered ${receipt.status}, a redirection, and those are not followed.`;
  return `It answered ${receipt.status}.`;
}
