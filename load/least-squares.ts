/** What each of several things costs, from sums of them: the costs, none below nothing, that explain what was measured best. Pure. */

export interface Sum<Thing extends string> {
  /** How many of each; what is not named was not there. */
  readonly of: Readonly<Partial<Record<Thing, number>>>;
  readonly cost: number;
}

const rounds = 20_000;

/** Relative errors count alike: a small sum says as much as a large one. */
export function costsOf<Thing extends string>(
  things: readonly Thing[],
  sums: readonly Sum<Thing>[],
): Readonly<Record<Thing, number>> {
  const rows = sums
    .filter(({ cost }) => cost > 0)
    .map(({ of, cost }) => things.map((thing) => (of[thing] ?? 0) / cost));
  const costs = things.map(() => 0);
  const errors = rows.map(() => 1);
  for (let round = 0; round < rounds; round++) {
    for (const [n, cost] of costs.entries()) {
      // The best for this one as the others are.
      const weight = rows.reduce((sum, row) => sum + at(row, n) ** 2, 0);
      if (weight === 0) continue;
      const better = Math.max(0, cost + rows.reduce((sum, row, r) => sum + at(row, n) * at(errors, r), 0) / weight);
      for (const [r, row] of rows.entries()) errors[r] = at(errors, r) - at(row, n) * (better - cost);
      costs[n] = better;
    }
  }
  return Object.fromEntries(things.map((thing, n) => [thing, at(costs, n)])) as Record<Thing, number>;
}

function at(values: readonly number[], n: number): number {
  return values[n] ?? 0;
}
