/**
 * Inserts what there may be only so many of. Counting and inserting are one transaction, which waits for any other with the same key, so
 * that a limit holds however many requests come at once, on any number of gateways. The lock is Postgres' own and ends with the transaction:
 * no row is locked, and so nobody who writes rooms or people waits for it.
 */
import { sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import type { ChatError } from "#domain/errors.ts";
import { askTogether } from "./failures.ts";

export interface Limit {
  /** What is counted and of whom, such as "hooks of" and a room's id: the same for all that share the limit. */
  readonly key: string;
  readonly max: number;
  count(queries: Queries): Promise<number>;
  /** When there are as many as may be. */
  full(): ChatError;
}

/** @throws what `full` says; else as askTogether does. `insert` must not ask for another lock of this kind. */
export async function withinLimit<T>(
  database: Database,
  { key, max, count, full }: Limit,
  insert: (queries: Queries) => PromiseLike<T>,
): Promise<T> {
  return await withLocks(database, [key], async (queries) => {
    if ((await count(queries)) >= max) throw full();
    return await insert(queries);
  });
}

/** One at a time of those that share a key. Each takes its locks in one order, so that no two wait for each other. */
export async function withLocks<T>(
  database: Database,
  keys: readonly string[],
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  return await askTogether(database, async (queries) => {
    for (const key of keys.toSorted()) await waitForTurn(queries, key);
    return await work(queries);
  });
}

/** In a transaction, before anything is counted: a statement of its own, since what is counted must be read after the lock is had. */
export async function waitForTurn(queries: Queries, key: string): Promise<void> {
  await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}
