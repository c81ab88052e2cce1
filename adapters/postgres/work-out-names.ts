/**
 * Works out what searches and looks need of names, for rows that a version before wrote. At each start; where nothing is left to do that
 * is one look at an index. Names that look like another that has the look already keep what they have: both are there, and stay.
 */
import { eq, type SQL, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { rooms, users } from "#db/schema.ts";
import { folded } from "#domain/fold.ts";
import { nameSkeleton, roomSkeleton } from "#domain/look-alikes.ts";
import { table } from "./among.ts";
import { ask, askTogether, repeated } from "./failures.ts";

/** Rows that are worked out, and locked, at once. */
export const namesAtOnce = 500;
/** Any number that nothing else in the database locks: processes that start together take turns. */
const advisoryLock = 7_305_113;

interface NameRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly look: string | null;
  readonly visibility?: string;
}

export async function workOutNames(database: Database): Promise<void> {
  await allOf(database, sql`select id, name, name_skeleton as look from users`, "users", nameSkeleton);
  await allOf(database, sql`select id, name, name_skeleton as look, visibility from rooms`, "rooms", roomSkeleton);
}

async function allOf(
  database: Database,
  select: SQL,
  of: "users" | "rooms",
  lookOf: (name: string) => string,
): Promise<void> {
  for (;;) {
    const rows = await ask(database, (queries) => unfolded(queries, select));
    if (rows.length === 0) return;
    for (const { id, name, look, visibility = "public" } of rows) {
      const now = lookOf(name);
      if (visibility === "public" && now !== look) await giveLook(database, of, id, now);
    }
    const foldedRows = rows.map(({ id, name }) => ({ id, folded: folded(name) }));
    await askTogether(database, async (queries) => {
      await queries.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`);
      await queries.execute(sql`
        update ${sql.raw(of)} set name_folded = w.folded from ${table("w", "id uuid, folded text", foldedRows)}
        where ${sql.raw(of)}.id = w.id`);
    });
  }
}

async function unfolded(queries: Queries, select: SQL): Promise<readonly NameRow[]> {
  return await queries.execute<NameRow>(sql`${select} where name_folded is null order by id limit ${namesAtOnce}`);
}

/** The oldest first: who comes later with the same look keeps the one they have. */
async function giveLook(database: Database, of: "users" | "rooms", id: string, look: string): Promise<void> {
  const change =
    of === "users"
      ? (queries: Queries) => queries.update(users).set({ nameSkeleton: look }).where(eq(users.id, id))
      : (queries: Queries) => queries.update(rooms).set({ nameSkeleton: look }).where(eq(rooms.id, id));
  try {
    await ask(database, change);
  } catch (error) {
    if (repeated(error) === undefined) throw error;
  }
}
