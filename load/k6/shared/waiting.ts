/** Time in k6 without blocking: its `sleep` would stop the sockets of the same person, too. */

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

export const waitUntil = (momentMs: number): Promise<void> => wait(momentMs - Date.now());

/** Between half of it and one and a half, so that nobody keeps step with anybody. */
export const about = (ms: number): number => ms * (0.5 + Math.random());

const pollMs = 10;

/** @returns whether it became true in time */
export async function became(isTrue: () => boolean, withinMs: number): Promise<boolean> {
  const endsAtMs = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() >= endsAtMs) return false;
    await wait(pollMs);
  }
  return true;
}
