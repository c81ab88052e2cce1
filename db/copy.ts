/** The copy itself: one transaction of the target, so that it has everything or nothing, and checked before it ends. */
import { DrizzleQueryError, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { countOf, leftTables, movedTables, nameOf, pagesOf, rowsAtOnce } from "./copied-tables.ts";
import type { Database, Queries } from "./database.ts";
import { roomEvents, rooms } from "./schema.ts";

/** Told with every table that is done. */
export type Progress = (table: string, rows: number) => void;

/** @throws Error with a sentence when the target is not empty, or does not hold what the source holds */
export async function copyAll(source: Database, target: Database, progress: Progress): Promise<void> {
  const copy = source.transaction(async (from) => {
    // One state of it, whatever else happens there.
    await from.execute(sql`set transaction isolation level repeatable read, read only`);
    await takeTime(from);
    await target.transaction(async (into) => {
      await takeTime(into);
      await claim(into);
      for (const table of movedTables) progress(nameOf(table), await copyTable(from, into, table));
      for (const table of movedTables) await compareCounts(from, into, table);
      await compareRooms(from, into);
    });
  });
  await copy.catch((error) => Promise.reject(withoutStatement(error)));
  await analyze(target);
}

/** Counting a large table takes its time, and the other database waits meanwhile. */
async function takeTime(queries: Queries): Promise<void> {
  await queries.execute(sql`set local statement_timeout = 0`);
  await queries.execute(sql`set local idle_in_transaction_session_timeout = 0`);
}

/** The library's own message has the whole statement in it, and what people said. */
function withoutStatement(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error;
  return new Error(`It could not be copied: ${error.cause?.message}`, { cause: error.cause });
}

/** The planner of a server knows nothing of rows that have just come. If this fails nothing is missing; the server does it later by itself. */
async function analyze(target: Database): Promise<void> {
  const learned = target.transaction(async (queries) => {
    await takeTime(queries);
    await queries.execute(sql`analyze`);
  });
  await learned.catch(() => undefined);
}

/** Nobody else writes here until the end, and nobody has before. */
async function claim(into: Queries): Promise<void> {
  const all = [...movedTables, ...leftTables];
  const names = sql.join(
    all.map((table) => sql`${table}`),
    sql`, `,
  );
  await into.execute(sql`lock table ${names} in exclusive mode`);
  for (const table of all) {
    const [row] = await into.select({ one: sql`1` }).from(table).limit(1);
    if (row !== undefined) throw new Error(notEmpty(nameOf(table)));
  }
}

function notEmpty(table: string): string {
  return (
    `The database is not empty: its table ${table} has rows. A community moves into a new database; ` +
    "a gateway that was started on this one has begun another community there."
  );
}

async function copyTable(from: Queries, into: Queries, table: PgTable): Promise<number> {
  let copied = 0;
  for await (const rows of pagesOf(from, table)) {
    await into.insert(table).values(rows);
    copied += rows.length;
  }
  return copied;
}

async function compareCounts(from: Queries, into: Queries, table: PgTable): Promise<void> {
  const [had, has] = [await countOf(from, table), await countOf(into, table)];
  if (had !== has) throw new Error(`The table ${nameOf(table)} has ${had} rows, but ${has} arrived.`);
}

/** Each room stands where it stood: the same epoch and last offset, and as many events up to the same one. */
async function compareRooms(from: Queries, into: Queries): Promise<void> {
  for (let after = firstId; ; ) {
    const [had, has] = [await standings(from, after), await standings(into, after)];
    had.forEach((room, at) => {
      if (JSON.stringify(room) !== JSON.stringify(has[at]))
        throw new Error(`The room ${room.id} does not stand where it stood: nothing was moved.`);
    });
    const last = had.at(-1);
    if (last === undefined || had.length < rowsAtOnce) return;
    after = last.id;
  }
}

const firstId = "00000000-0000-0000-0000-000000000000";

interface Standing {
  readonly id: string;
}

async function standings(queries: Queries, after: string): Promise<readonly Standing[]> {
  return await queries.execute<Standing & Record<string, unknown>>(sql`
    select r.id, r.epoch, r.last_offset, r.member_count, e.events, e.newest
    from ${rooms} r cross join lateral (
      select count(*) as events, max(room_offset) as newest from ${roomEvents} where room_id = r.id) e
    where r.id > ${after} order by r.id limit ${rowsAtOnce}`);
}
