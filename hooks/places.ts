/**
 * The places for deliveries that are in flight in this process: so many in all, and of these so many for one person, for one receiving
 * host, and for receivers that are slow. Whoever fills theirs waits; nobody else does.
 */
import { hostOf, isSlow } from "#domain/hook.ts";
import type { ClaimLimits, HookClaim } from "#domain/ports/index.ts";

/** Each holds a body of at most maxBatchBytes. */
export const maxInFlight = 32;
export const maxInFlightPerOwner = 4;
export const maxInFlightPerHost = 8;
export const maxSlowInFlight = 8;

export interface Places {
  /** What may be claimed now; undefined when nothing may. */
  free(): ClaimLimits | undefined;
  /** @returns gives the place back */
  take(claim: HookClaim): () => void;
}

export function createPlaces(): Places {
  const taken = new Set<HookClaim>();
  const countBy = <Key>(keyOf: (claim: HookClaim) => Key): ReadonlyMap<Key, number> =>
    new Map([...Map.groupBy(taken, keyOf)].map(([key, claims]) => [key, claims.length]));

  return {
    free() {
      const all = maxInFlight - taken.size;
      if (all <= 0) return undefined;
      return {
        all,
        slow: Math.max(
          0,
          maxSlowInFlight -
            taken
              .values()
              .filter(({ hook }) => isSlow(hook))
              .toArray().length,
        ),
        perOwner: maxInFlightPerOwner,
        inFlightByOwner: countBy(({ owner }) => owner),
        perHost: maxInFlightPerHost,
        inFlightByHost: countBy(({ hook }) => hostOf(hook.url)),
      };
    },
    take(claim) {
      taken.add(claim);
      return () => taken.delete(claim);
    },
  };
}
