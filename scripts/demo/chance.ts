/** Chance that comes out the same for the same seed, on every machine. */

export interface Chance {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
  /** True so often. */
  happens(probability: number): boolean;
  shuffled<T>(items: readonly T[]): T[];
  /** Exponentially distributed. */
  around(mean: number): number;
}

export function createChance(seed: string): Chance {
  let state = Number.parseInt(new Bun.CryptoHasher("sha256").update(seed).digest("hex").slice(0, 8), 16);
  /** mulberry32, by Tommy Ettinger: small, and good enough for talk. */
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const chance: Chance = {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error("There is nothing to pick from.");
      return item;
    },
    happens: (probability) => next() < probability,
    shuffled<T>(items: readonly T[]): T[] {
      const own = [...items];
      const result: T[] = [];
      while (own.length > 0) result.push(...own.splice(Math.floor(next() * own.length), 1));
      return result;
    },
    around: (mean) => -Math.log(1 - next()) * mean,
  };
  return chance;
}
