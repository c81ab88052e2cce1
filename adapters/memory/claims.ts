/** Claimed names within one process. */
import type { Claims, Clock } from "#domain/ports/index.ts";
import { systemClock } from "./clock.ts";

/** Names kept at most; past that the oldest are given up early. */
export const maxClaims = 100_000;

export interface MemoryClaimsOptions {
  readonly clock?: Clock;
  readonly maxNames?: number;
}

export function createMemoryClaims({ clock = systemClock, maxNames = maxClaims }: MemoryClaimsOptions = {}): Claims {
  /** When each name is free again, the oldest claim first. */
  const freeAt = new Map<string, number>();

  function forgetOld(): void {
    for (const [name, at] of freeAt) {
      if (freeAt.size <= maxNames && at > clock.now()) break;
      freeAt.delete(name);
    }
  }

  return {
    async take(name, forMs) {
      if ((freeAt.get(name) ?? 0) > clock.now()) return false;
      freeAt.delete(name);
      freeAt.set(name, clock.now() + forMs);
      forgetOld();
      return true;
    },
    giveBack: async (name) => void freeAt.delete(name),
  };
}
