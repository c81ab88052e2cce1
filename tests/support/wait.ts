/** Waits for a condition instead of for a time. */

export interface Wait {
  readonly deadlineMs?: number;
  /** What is waited for, to complete "waited in vain for …". */
  readonly what: string;
}

const DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

type Truthy<T> = Exclude<T, false | null | undefined | 0 | "">;

/**
 * Asks until the answer is truthy, and returns it. A condition that throws counts as not yet met; its last error is the
 * cause of the one thrown at the deadline.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = DEADLINE_MS, what }: Wait,
): Promise<Truthy<T>> {
  const giveUpAt = performance.now() + deadlineMs;
  let cause: unknown;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const answer = await condition();
      if (answer) return answer as Truthy<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= giveUpAt) break;
    await Bun.sleep(pause);
  }
  throw new Error(`waited ${deadlineMs} ms in vain for ${what}`, { cause });
}
