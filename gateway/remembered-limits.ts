/** Keeps what a rate limit refused until it may be taken again: who goes on regardless costs no call of Redis. */
import { LRUCache } from "lru-cache";
import type { Clock, RateLimiter, Taken } from "#domain/ports/index.ts";

/** Refusals that are remembered at most. */
export const maxRefusals = 20_000;

export function rememberRefusals(limiter: RateLimiter, clock: Clock): RateLimiter {
  const refusals = new LRUCache<string, { readonly taken: Taken; readonly atMs: number }>({ max: maxRefusals });
  return {
    async take(limit, key) {
      const slot = `${limit.name} ${key}`;
      const refusal = refusals.get(slot);
      const sinceMs = refusal === undefined ? 0 : clock.now() - refusal.atMs;
      // A clock set back does not lock anybody out.
      if (refusal !== undefined && sinceMs >= 0 && sinceMs < refusal.taken.retryAfterMs) {
        const { taken } = refusal;
        return {
          ...taken,
          retryAfterMs: taken.retryAfterMs - sinceMs,
          fullInMs: Math.max(0, taken.fullInMs - sinceMs),
        };
      }
      const taken = await limiter.take(limit, key);
      if (taken.allowed) refusals.delete(slot);
      else refusals.set(slot, { taken, atMs: clock.now() });
      return taken;
    },
    async giveBack(limit, key) {
      refusals.delete(`${limit.name} ${key}`);
      await limiter.giveBack(limit, key);
    },
  };
}
