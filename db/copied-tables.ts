/** The tables that a move carries, in an order in which each finds what it refers to, and reading one piece by piece. */
import { asc, getTableColumns, is, type SQL, sql } from "drizzle-orm";
import { getTableConfig, type PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Queries } from "./database.ts";
import * as hookTables from "./hook-tables.ts";
import * as invitationTables from "./invitation-tables.ts";
import * as levelTables from "./level-tables.ts";
import * as schema from "./schema.ts";

/**
 * How far a log was read says nothing of another log, and a single process keeps none anyway. Joins under way have ended before a move, and no
 * process runs any more.
 */
export const leftTables: readonly PgTable[] = [schema.logPositions, invitationTables.seats, levelTables.processes];

/** All others of the schema, each after those it refers to. */
export const movedTables: readonly PgTable[] = inOrder(
  Object.values<unknown>({ ...schema, ...hookTables, ...invitationTables, ...levelTables })
    .filter((each) => is(each, PgTable))
    .filter((table) => !leftTables.includes(table)),
);

/** A row of messages takes 17 KB at most, so that this is what a move holds in memory at once: less than 10 MB. */
export const rowsAtOnce = 500;

export type Row = Record<string, unknown>;

export function nameOf(table: PgTable): string {
  return getTableConfig(table).name;
}

/** All rows in the order of the primary key, at most `rowsAtOnce` at a time. */
export async function* pagesOf(queries: Queries, table: PgTable): AsyncGenerator<Row[]> {
  const key = keyOf(table);
  const columns = tuple(key.map(({ column }) => sql`${column}`));
  const order = key.map(({ column }) => asc(column));
  let after: SQL | undefined;
  for (;;) {
    const rows: Row[] = await queries
      .select()
      .from(table)
      .where(after)
      .orderBy(...order)
      .limit(rowsAtOnce);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = sql`${columns} > ${tuple(key.map(({ name, column }) => sql`${sql.param(last[name], column)}`))}`;
  }
}

export async function countOf(queries: Queries, table: PgTable): Promise<number> {
  return await queries.$count(table);
}

interface KeyColumn {
  /** As rows name it. */
  readonly name: string;
  readonly column: PgColumn;
}

function keyOf(table: PgTable): readonly KeyColumn[] {
  const { primaryKeys, name } = getTableConfig(table);
  const [key] = primaryKeys;
  if (key === undefined) throw new Error(`The table ${name} has no primary key.`);
  const columns = Object.entries<PgColumn>(getTableColumns(table));
  return key.columns.map((part) => {
    const [own] = columns.filter(([, column]) => column.name === part.name);
    if (own === undefined) throw new Error(`The key of ${name} has a column that is not in it.`);
    return { name: own[0], column: own[1] };
  });
}

function tuple(parts: readonly SQL[]): SQL {
  return sql`(${sql.join([...parts], sql`, `)})`;
}

function inOrder(tables: readonly PgTable[]): readonly PgTable[] {
  const ordered: PgTable[] = [];
  const add = (table: PgTable) => {
    if (ordered.includes(table)) return;
    for (const { reference } of getTableConfig(table).foreignKeys) add(reference().foreignTable);
    ordered.push(table);
  };
  for (const table of tables) add(table);
  return ordered;
}
