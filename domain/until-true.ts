/** Waits for what another process brings about, asking ever less often. */

const firstWaitMs = 2;
const longestWaitMs = 200;

/** @returns whether the condition came true before the deadline. */
export async function untilTrue(condition: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    if (await condition()) return true;
    if (Date.now() + waitMs > end) return false;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
