/**
 * What a Postgres server does by itself and PGlite does not: vacuum, and statistics for the planner. Stalls other
 * calls meanwhile.
 */
import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";

/** Long enough after opening that whoever starts the process does not wait for it. */
export const firstHousekeepingAfterMs = 10 * 60_000;
export const housekeepingEveryMs = 6 * 3_600_000;

/** From now until it is closed: no round begins on one that is closing, and closing it finishes the round that is under way. */
export function withHousekeeping(database: Database, firstAfterMs = firstHousekeepingAfterMs): Database {
  let timer = setTimeout(round, firstAfterMs).unref();
  function round(): void {
    timer = setTimeout(round, housekeepingEveryMs).unref();
    keepHouse(database).catch((error: Error) => process.emitWarning(error));
  }
  return {
    ...database,
    async close() {
      clearTimeout(timer);
      await database.close();
    },
  };
}

export async function keepHouse({ queries }: Database): Promise<void> {
  await queries.execute(sql`vacuum (analyze)`);
}
