/**
 * Databases from before migrations were kept as they are: for a while the first migration was written again in place. Such a database is given
 * what the first migration has and it lacks, and then goes the way of all others.
 */
import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { type Queries, QueryRefused } from "./database.ts";

/** When their first migration was made, which is all that they wrote down about themselves. */
const earlySchemas: ReadonlySet<number> = new Set([
  1795258095966, 1795261842822, 1795263874369, 1795268193262, 1795268719903, 1795272565649,
]);
/** This one had the second migration's column in its first. */
const withReplies = 1795292394977;

/** Columns that its tables may lack. */
const columns = [
  "alter table users add column if not exists owner_id uuid",
  "alter table messages add column if not exists answer jsonb",
  "alter table messages add column if not exists reactions jsonb",
];
/** Ids of events once were unique in their table alone. */
const places = [
  "insert into event_places (id, room_id, room_offset) select id, room_id, room_offset from room_events on conflict do nothing",
  "alter table room_events drop constraint if exists room_events_id_unique",
];
/** Such a table, such a constraint or index. */
const isThere: ReadonlySet<string> = new Set(["42P07", "42710"]);

export function isEarly(appliedUpTo: number): boolean {
  return earlySchemas.has(appliedUpTo) || appliedUpTo === withReplies;
}

/** Inside of the migration's transaction. @param whens of the first and the second migration */
export async function completeEarlySchema(
  queries: Queries,
  appliedUpTo: number,
  { folder, whens }: { readonly folder: string; readonly whens: readonly number[] },
): Promise<void> {
  const first = readFileSync(`${folder}/0000_start.sql`, "utf8").split("--> statement-breakpoint");
  for (const statement of columns) await queries.execute(sql.raw(statement));
  for (const statement of first) await unlessThere(queries, statement);
  for (const statement of places) await queries.execute(sql.raw(statement));
  const applied = whens.slice(0, appliedUpTo === withReplies ? 2 : 1);
  for (const when of applied)
    await queries.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('early', ${when})`);
}

async function unlessThere(queries: Queries, statement: string): Promise<void> {
  await queries.execute(sql`savepoint early`);
  try {
    await queries.execute(sql.raw(statement));
  } catch (error) {
    const refused = error instanceof Error && error.cause instanceof QueryRefused ? error.cause : error;
    if (!(refused instanceof QueryRefused) || !isThere.has(refused.sqlState)) throw error;
    await queries.execute(sql`rollback to savepoint early`);
  }
}
