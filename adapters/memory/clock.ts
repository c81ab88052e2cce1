/** The time of this machine, and a time that stands still until a test moves it. */
import type { Clock } from "#domain/ports/index.ts";

export const systemClock: Clock = { now: () => Date.now() };

export interface FixedClock extends Clock {
  advance(ms: number): void;
}

export function createFixedClock(startMs = Date.UTC(2025, 0, 1)): FixedClock {
  let now = startMs;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}
