/**
 * Rate limits by the generic cell rate algorithm (ITU-T I.371): per key one number, the time at which all that was taken
 * will have been refilled. Counts in 1/burst milliseconds, so that it is exact for any burst.
 */
import type { Clock, RateLimiter } from "#domain/ports/index.ts";
import { systemClock } from "./clock.ts";

/** Keys kept; past that the one unused for longest is forgotten, as if it had taken nothing. */
export const maxRateLimitKeys = 100_000;

export interface MemoryRateLimiterOptions {
  readonly clock?: Clock;
  readonly maxKeys?: number;
}

export function createMemoryRateLimiter(options: MemoryRateLimiterOptions = {}): RateLimiter {
  const { clock = systemClock, maxKeys = maxRateLimitKeys } = options;
  /** Kept small by counting from here: the product with burst stays an exact integer. */
  const origin = clock.now();
  const refilledAt = new Map<string, number>();

  return {
    async take({ name, burst, perMs }, key) {
      const slot = `${name} ${key}`;
      const now = (clock.now() - origin) * burst;
      const capacity = perMs * burst;
      const before = refilledAt.get(slot) ?? now;
      // Bounded on both sides: a clock set back must not lock anybody out for longer than a full refill.
      const start = Math.min(Math.max(before, now), now + capacity);
      const after = start + perMs;
      const allowed = after - now <= capacity;

      refilledAt.delete(slot);
      refilledAt.set(slot, allowed ? after : start);
      for (const oldest of refilledAt.keys()) {
        if (refilledAt.size <= maxKeys) break;
        refilledAt.delete(oldest);
      }
      const kept = allowed ? after : start;
      return {
        allowed,
        retryAfterMs: allowed ? 0 : Math.ceil((after - now - capacity) / burst),
        left: Math.floor((capacity - (kept - now)) / perMs),
        fullInMs: Math.ceil((kept - now) / burst),
      };
    },

    async giveBack({ name, perMs }, key) {
      const slot = `${name} ${key}`;
      const before = refilledAt.get(slot);
      if (before !== undefined) refilledAt.set(slot, before - perMs);
    },
  };
}

/** For load tests and benches, where the limits would measure themselves. */
export function createOpenRateLimiter(): RateLimiter {
  return {
    take: async ({ burst }) => ({ allowed: true, retryAfterMs: 0, left: burst, fullInMs: 0 }),
    giveBack: async () => undefined,
  };
}
