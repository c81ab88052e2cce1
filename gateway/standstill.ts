/**
 * Notices that this process stood still: it was suspended, or the machine was. What it holds in memory may say by then what was deleted
 * meanwhile, so it is read anew before anybody is given it.
 */

/** How often it is looked, besides with every use; and how long nothing may have happened before that counts. In milliseconds. */
const lookEveryMs = 400;
export const standstillMs = 1_000;

export interface Standstill {
  /** How often this process stood still, up to this very moment. */
  count(): number;
  /** Told at once, before anything else is done. @returns what ends that */
  onThaw(thawed: () => void): () => void;
}

export function createStandstill(now: () => number = () => performance.now()): Standstill {
  const listeners = new Set<{ readonly thawed: () => void }>();
  let seenAt = now();
  let times = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const look = () => {
    const before = seenAt;
    seenAt = now();
    if (timer === undefined || seenAt - before <= standstillMs) return;
    times += 1;
    for (const { thawed } of [...listeners]) thawed();
  };

  return {
    count() {
      look();
      return times;
    },
    onThaw(thawed) {
      const listener = { thawed };
      listeners.add(listener);
      if (timer === undefined) {
        seenAt = now();
        timer = setInterval(look, lookEveryMs);
        timer.unref();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** Of this process. */
export const standstill = createStandstill();
