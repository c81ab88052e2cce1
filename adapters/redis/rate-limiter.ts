/** Rate limits counted in Redis, for all gateways together. While Redis is away another limiter may count instead. */
import { isChatError } from "#domain/errors.ts";
import type { Clock, RateLimiter } from "#domain/ports/index.ts";
import { limitKey } from "./keys.ts";
import type { Servers } from "./servers.ts";

export interface RedisLimiterOptions {
  /** Each gateway counts with its own while Redis is away: sending goes on, and guessing passwords stays slow. */
  readonly whenAway?: RateLimiter;
  /** For tests: without it Redis' own clock counts, one for all gateways. */
  readonly clock?: Clock;
}

/** `take` throws ChatError unavailable when Redis is away and nothing stands in for it. */
export function createRedisRateLimiter(servers: Servers, { whenAway, clock }: RedisLimiterOptions = {}): RateLimiter {
  const now = () => (clock === undefined ? "" : `${clock.now()}`);
  return {
    async take(limit, key) {
      try {
        const args = [now(), `${limit.burst}`, `${limit.perMs}`];
        const answer = (await servers.call("take", [limitKey(limit, key)], args)) as readonly unknown[];
        const [retryAfterMs = 0, left = 0, fullInMs = 0] = answer.map(Number);
        return { allowed: retryAfterMs === 0, retryAfterMs, left, fullInMs };
      } catch (error) {
        if (whenAway === undefined || !isChatError(error, "unavailable")) throw error;
        return whenAway.take(limit, key);
      }
    },

    async giveBack(limit, key) {
      try {
        await servers.call("give_back", [limitKey(limit, key)], [`${limit.perMs}`]);
      } catch (error) {
        if (whenAway === undefined || !isChatError(error, "unavailable")) throw error;
        await whenAway.giveBack(limit, key);
      }
    },
  };
}
