/**
 * Lists as one parameter of json, so that the text of a statement does not depend on how many there are. What stands for a placeholder
 * is json already.
 */
import { is, Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";

export function among(column: SQLWrapper, type: "uuid" | "text", values: readonly string[]): SQL {
  return sql`${column} in (select value from ${list(type, values)} as among(value))`;
}

/** A list as a table of one column. */
export function list(type: "uuid" | "text", values: readonly string[] | Placeholder): SQL {
  const items = sql`jsonb_array_elements_text(${jsonOf(values)}::jsonb)`;
  return sql`(select value::${sql.raw(type)} from ${items})`;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Rows as a table `alias`, its columns as in a column definition list. */
export function table(alias: string, columns: string, rows: Rows | Placeholder): SQL {
  return sql`jsonb_to_recordset(${jsonOf(rows)}::jsonb) as ${sql.raw(`${alias}(${columns})`)}`;
}

/**
 * The same for rows that have a place, as few as Postgres can think: a plan that is made while tables are small, and kept, looks each up
 * through an index instead of reading a table whole. It takes a condition on a sum to hold for one row in two hundred.
 */
export function places(alias: string, columns: string, rows: Rows): SQL {
  return sql`(select * from ${table("p", columns, rows)} where p.place - p.place = 0) as ${sql.raw(alias)}`;
}

function jsonOf(values: readonly unknown[] | Placeholder): string | Placeholder {
  return is(values, Placeholder) ? values : JSON.stringify(values);
}
