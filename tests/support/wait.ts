/** Waiting for a condition, with a deadline, instead of sleeping. */

export interface WaitOptions {
  readonly deadlineMs?: number;
  /** Names what was waited for, in the failure. */
  readonly what?: string;
}

const pollEveryMs = 5;

/** Resolves with the first truthy answer. @throws Error when none came before the deadline */
export async function until<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { deadlineMs = 5_000, what = "the condition" } = options;
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (performance.now() > end) throw new Error(`${what} did not come within ${deadlineMs} ms`);
    await Bun.sleep(pollEveryMs);
  }
}
