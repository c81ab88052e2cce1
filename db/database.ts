/** What the stores need of a database, the same for PGlite and Postgres. Opened by connect.ts. */
import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";

/**
 * Drizzle's query builder. Times are RFC 3339 in UTC, bigints are numbers, json is parsed, whichever engine is below.
 */
export type Queries = PgRemoteDatabase;

export interface Database {
  readonly queries: Queries;
  /** One statement as it is written, its values in the same form. */
  readonly run: Run;
  /**
   * All that `work` asks of its own queries happens, or nothing. It must not use any others: on PGlite they wait for
   * its end.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The same, with what is done after it is closed, also where that failed. */
export function closedWith(database: Database, after: () => void | Promise<void>): Database {
  return {
    ...database,
    async close() {
      try {
        await database.close();
      } finally {
        await after();
      }
    },
  };
}

/** The database can't be reached, or went away before it answered. What was being written may be written or not. */
export class DatabaseLost extends Error {
  override readonly name = "DatabaseLost";
}

/** The database answered that it can't do this. */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";

  constructor(
    message: string,
    /** Five characters, see Postgres' appendix A. */
    readonly sqlState: string,
    readonly constraint: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type RowShape = "arrays" | "objects";

/** Runs one statement. @throws DatabaseLost, QueryRefused */
export type Run = (text: string, params: readonly unknown[], shape: RowShape) => Promise<unknown[]>;

export function queriesOver(run: Run): Queries {
  return drizzle(async (text, params, method) => ({
    rows: await run(text, params, method === "all" ? "arrays" : "objects"),
  }));
}
