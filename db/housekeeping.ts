/**
 * What a Postgres server does by itself and PGlite does not: vacuum, and statistics for the planner. Stalls other
 * calls meanwhile.
 */
import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";

/** Long enough after opening that whoever starts the process does not wait for it. */
export const firstHousekeepingAfterMs = 10 * 60_000;
export const housekeepingEveryMs = 6 * 3_600_000;

/** @returns what stops it; a round that is under way is finished by closing the database. */
export function startHousekeeping(database: Database): () => void {
  let timer = setTimeout(round, firstHousekeepingAfterMs).unref();
  function round(): void {
    timer = setTimeout(round, housekeepingEveryMs).unref();
    keepHouse(database).catch((error: Error) => process.emitWarning(error));
  }
  return () => clearTimeout(timer);
}

export async function keepHouse({ queries }: Database): Promise<void> {
  await queries.execute(sql`vacuum (analyze)`);
}
