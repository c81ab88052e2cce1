/** At most `burst` at once, refilled evenly so that `burst` more come per `perMs`. */
export interface RateLimit {
  readonly name: string;
  readonly burst: number;
  readonly perMs: number;
  /** What was too much, as a sentence for whoever is refused. */
  readonly because?: string;
}

export interface Taken {
  readonly allowed: boolean;
  /** 0 when allowed. */
  readonly retryAfterMs: number;
  /** How many more may be taken right now. */
  readonly left: number;
  /** Until the whole burst may be taken again. */
  readonly fullInMs: number;
}

export interface RateLimiter {
  /** Takes one from what `key` has left under `limit`. */
  take(limit: RateLimit, key: string): Promise<Taken>;
  /** Returns one that was taken, when what it was taken for was nothing to limit. */
  giveBack(limit: RateLimit, key: string): Promise<void>;
}
