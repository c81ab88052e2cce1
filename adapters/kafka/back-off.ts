/** Pauses between attempts: ever longer up to a limit, and ended early by the one who stops. */

/** The first pause; each further one is twice as long, up to the longest. */
export const firstPauseMs = 50;
export const longestPauseMs = 2_000;

/** Between half and all of the doubled pause, so that processes that failed together don't come back together. */
export function pauseAfter(failures: number, random = Math.random): number {
  const full = Math.min(firstPauseMs * 2 ** Math.min(failures - 1, 30), longestPauseMs);
  return Math.round((full * (1 + random())) / 2);
}

export function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  stop.addEventListener("abort", end, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
  });
}

/** What the work answers, or an error when it takes longer. The work itself goes on. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
