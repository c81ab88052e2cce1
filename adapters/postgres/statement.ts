/**
 * A statement that is built once. For the few that are asked with every page: building one from its parts takes longer than reading
 * its rows.
 */
import { fillPlaceholders, type SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Database } from "#db/database.ts";
import { askFor } from "./failures.ts";

const dialect = new PgDialect();

/** @param query its rows are of type Row; its placeholders are filled by name */
export function statement<Row>(
  query: SQL,
): (database: Database, values: Record<string, unknown>) => Promise<readonly Row[]> {
  const { sql: text, params } = dialect.sqlToQuery(query);
  return async (database, values) => await askFor<Row>(database, text, fillPlaceholders(params, values));
}
