/** A search through names has less time than other statements: of one or two letters, which no index of trigrams finds, it may look at all. */
import { sql } from "drizzle-orm";
import { type Database, type Queries, QueryRefused } from "#db/database.ts";
import { isChatError, unavailable } from "#domain/errors.ts";
import type { PageQuery } from "#domain/ports/index.ts";
import { ask, askTogether } from "./failures.ts";

/** What one search may take of the database, in milliseconds. The embedded one, which is for few people, does not count. */
export const searchWithinMs = 1_000;
const canceled = "57014";

/** A page of names; within its time where something is searched for. @throws ChatError unavailable when that is over */
export async function askForNames<T>(
  database: Database,
  { search }: Pick<PageQuery, "search">,
  work: (queries: Queries) => PromiseLike<T>,
): Promise<T> {
  if (!search) return await ask(database, work);
  try {
    return await askTogether(database, async (queries) => {
      await queries.execute(sql.raw(`set local statement_timeout = ${searchWithinMs}`));
      return await work(queries);
    });
  } catch (error) {
    if (!isChatError(error, "unavailable") || !isCanceled(error.cause)) throw error;
    throw unavailable("This search takes too long. Type more of the name.", error.cause);
  }
}

function isCanceled(error: unknown): boolean {
  return error instanceof QueryRefused && error.sqlState === canceled;
}
