/** Trying again while what is needed is unavailable: ever slower, never forever once it is told to stop. */
import { isChatError } from "./errors.ts";

/** The first pause; each further one is twice as long, up to the longest. */
export const firstPauseMs = 50;
export const longestPauseMs = 5_000;

export interface Retry {
  /** Ends the pauses: what fails from then on has failed. */
  readonly stop: AbortSignal;
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
  readonly random?: () => number;
  readonly firstPauseMs?: number;
}

/** Repeats `work` while it throws ChatError unavailable; any other error is thrown at once. */
export async function whileUnavailable<T>(work: () => Promise<T>, retry: Retry): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isChatError(error, "unavailable") || retry.stop.aborted) throw error;
      const pauseMs = pauseAfter(failures, retry.firstPauseMs, retry.random);
      retry.onRetry?.(error, pauseMs);
      await pause(pauseMs, retry.stop);
    }
  }
}

/** Between half and all of the doubled pause, so that writers that failed together don't come back together. */
export function pauseAfter(
  failures: number,
  first = firstPauseMs,
  random = Math.random,
  longest = longestPauseMs,
): number {
  const full = Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
  return (full * (1 + random())) / 2;
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  stop.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
