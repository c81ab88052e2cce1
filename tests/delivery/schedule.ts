/** Which faults when: the same seed gives the same plan. Pure; what a fault does is in faults.ts. */

export interface PlannedFault {
  readonly name: string;
  /** After the round began. */
  readonly delayMs: number;
  readonly holdMs: number;
}

/** Faults that overlap; before the next round everything works again. */
export type Round = readonly PlannedFault[];

export interface Plannable {
  readonly name: string;
  /** Two faults of one target are never planned together. */
  readonly target: string;
  /** From and to. */
  readonly holdMs: readonly [number, number];
}

const longestDelayMs = 3_000;

/** Without end: every fault alone in some order, then as many pairs, then alone in another order, and so on. */
export function* planRounds(faults: readonly Plannable[], random: () => number): Generator<Round> {
  for (;;) {
    for (const fault of shuffled(faults, random)) yield [planned(fault, 0, random)];
    for (const fault of shuffled(faults, random)) yield pairWith(fault, faults, random);
  }
}

function pairWith(fault: Plannable, faults: readonly Plannable[], random: () => number): Round {
  const others = faults.filter(({ target }) => target !== fault.target);
  const other = others[Math.floor(random() * others.length)];
  const first = planned(fault, 0, random);
  return other === undefined ? [first] : [first, planned(other, Math.floor(random() * longestDelayMs), random)];
}

function planned({ name, holdMs: [from, to] }: Plannable, delayMs: number, random: () => number): PlannedFault {
  return { name, delayMs, holdMs: Math.round(from + (to - from) * random()) };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as Item);
}

/** mulberry32 by Tommy Ettinger (public domain): small, and the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
