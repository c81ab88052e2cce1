/**
 * Turns failures of the database into what the domain knows. Bad data and broken constraints are passed on as they
 * are.
 */
import { DrizzleQueryError } from "drizzle-orm";
import { type Database, DatabaseLost, type Queries, QueryRefused } from "#db/database.ts";
import { ChatError, unavailable } from "#domain/errors.ts";

/**
 * Classes of SQLSTATE that say what was asked can't be done: bad data, broken constraints, limits of a row or an
 * index.
 */
const refusals = new Set(["22", "23", "54"]);
/** Our own mistakes, but for tables and columns that a migration may yet bring. */
const mistakes = "42";
const notMigrated = new Set(["42P01", "42703"]);
const uniqueViolation = "23505";

/**
 * Runs work on the database. @throws ChatError unavailable for what may go well another time; else what the database
 * answered.
 */
export async function ask<T>(database: Database, work: (queries: Queries) => PromiseLike<T>): Promise<T> {
  try {
    return await work(database.queries);
  } catch (error) {
    throw translated(error);
  }
}

/** The same for one statement as it is written: its rows. */
export async function askFor<Row>(
  database: Database,
  text: string,
  params: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await database.run(text, params, "objects")) as readonly Row[];
  } catch (error) {
    throw translated(error);
  }
}

/** The same in one transaction. */
export async function askTogether<T>(database: Database, work: (queries: Queries) => Promise<T>): Promise<T> {
  try {
    return await database.transaction(work);
  } catch (error) {
    throw translated(error);
  }
}

/** The constraint that a refused insert would have broken by repeating what must be unique. */
export function repeated(error: unknown): string | undefined {
  return error instanceof QueryRefused && error.sqlState === uniqueViolation ? error.constraint : undefined;
}

function translated(error: unknown): unknown {
  const failure = causeOf(error);
  if (failure instanceof ChatError) return failure;
  if (failure instanceof DatabaseLost)
    return unavailable("The store can't be reached; try again in a moment.", failure);
  if (failure instanceof QueryRefused && isTransient(failure.sqlState)) {
    return unavailable("The store can't do this now; try again in a moment.", failure);
  }
  return failure;
}

function isTransient(sqlState: string): boolean {
  const group = sqlState.slice(0, 2);
  return !refusals.has(group) && (group !== mistakes || notMigrated.has(sqlState));
}

/** Drizzle wraps what a query throws, and puts the parameters into the message: they must not reach a log. */
function causeOf(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}
