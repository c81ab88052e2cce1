/**
 * Notices that this process stood still: it was suspended, or the machine was. What it holds in memory may say by then what was deleted
 * meanwhile, so it is read anew before anybody is given it.
 */
import { unavailable } from "./errors.ts";

/** How often it is looked, besides with every use; and how long nothing may have happened before that counts. In milliseconds. */
const lookEveryMs = 400;
export const standstillMs = 1_000;

/** Who stands still in so many reads in a row has no time for more of them. */
export const maxReads = 5;

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

/** What is read is of after the last standstill. @throws ChatError unavailable where the process does nothing but stand still */
export async function freshly<T>(read: () => Promise<T>, still: Standstill = standstill): Promise<T> {
  const end = still.onThaw(() => undefined);
  try {
    for (let reads = 0; reads < maxReads; reads++) {
      const before = still.count();
      const found = await read();
      if (still.count() === before) return found;
    }
    throw unavailable("Superchat is too busy to read this at the moment; try again in a moment.");
  } finally {
    end();
  }
}
