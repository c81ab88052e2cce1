/** What a check is, and how it says that a promise is broken: with what was expected, and what was seen. */
import type { World } from "./world.ts";

export interface Check {
  /** Stable: "group.what". */
  readonly name: string;
  /** A sentence about the server that is true when the check passes. */
  readonly promise: string;
  /** @throws Broken when it is not */
  readonly run: (world: World) => Promise<void>;
}

export class Broken extends Error {
  override readonly name = "Broken";
  /** @param what was looked at */
  constructor(
    readonly what: string,
    readonly expected: string,
    readonly seen: string,
  ) {
    super(`${what}: expected ${expected}, saw ${seen}`);
  }
}

/** @throws Broken unless both are deeply the same */
export function same(what: string, seen: unknown, expected: unknown): void {
  if (!Bun.deepEquals(seen, expected, true)) throw new Broken(what, shown(expected), shown(seen));
}

/** @param expected in words. @throws Broken unless it holds */
export function holds(what: string, condition: boolean, expected: string, seen: unknown): asserts condition {
  if (!condition) throw new Broken(what, expected, shown(seen));
}

/** Longest part of a value that is shown, in characters. */
const mostShown = 400;

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}… (${text.length} characters)` : text;
}

/** The offsets from one to another, both included. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
}

/** Says where a run of offsets first goes wrong instead of showing all of it. @throws Broken */
export function sameOffsets(what: string, seen: readonly number[], expected: readonly number[]): void {
  const at = expected.findIndex((offset, index) => seen[index] !== offset);
  if (at === -1 && seen.length === expected.length) return;
  const place = at === -1 ? expected.length : at;
  const around = (offsets: readonly number[]) => {
    const part = offsets.slice(Math.max(0, place - 2), place + 3);
    return `${offsets.length} offsets, with ${part.length === 0 ? "nothing" : part.join(", ")} at place ${place + 1}`;
  };
  throw new Broken(what, around(expected), around(seen));
}
