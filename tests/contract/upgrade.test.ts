/**
 * Databases of every schema that ever was open with all they held, or are refused with a sentence. `tests/support/schemas/` keeps each as it was
 * made, under the time its first migration says; new migrations extend the newest.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPglite } from "#db/connect.ts";
import { lockDataFolder } from "#db/data-lock.ts";
import type { Database } from "#db/database.ts";
import { migrate } from "#db/migrate.ts";
import { openPgliteFolder } from "#db/pglite.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { memoryFolder } from "../support/memory-folder.ts";

const root = memoryFolder("upgrade");
afterAll(() => rmSync(root, { recursive: true }));

const schemas = join(import.meta.dir, "../support/schemas");
const whens = readdirSync(schemas).map((file) => Number.parseInt(file, 10));
const limitMs = 60_000;

/** A folder of migrations that has only this one. */
function migrationsOf(when: number): string {
  const folder = join(root, `migrations-${when}`);
  mkdirSync(join(folder, "meta"), { recursive: true });
  cpSync(join(schemas, `${when}.sql`), join(folder, "0000_start.sql"));
  const entry = { idx: 0, version: "7", when, tag: "0000_start", breakpoints: true };
  const journal = { version: "7", dialect: "postgresql", entries: [entry] };
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify(journal));
  return folder;
}

const user = "01976b7e-0000-7000-8000-000000000001" as UserId;
const room = "01976b7e-0000-7000-8000-000000000002" as RoomId;
const event = "01976b7e-0000-7000-8000-000000000003" as EventId;
const at = "2026-11-21T10:00:00.000Z";

/** One person who said one thing in one room, with the columns that every version had. */
async function moveIn({ queries }: Database): Promise<void> {
  await queries.execute(sql`insert into users (id, name, name_key, name_skeleton, kind, created_at)
    values (${user}, 'ana', 'ana', 'ana', 'person', ${at})`);
  await queries.execute(sql`insert into rooms (id, slug, name, name_key, visibility, created_by, created_at, epoch, last_offset, member_count)
    values (${room}, 'lobby', 'lobby', 'lobby', 'public', ${user}, ${at}, 'e1', 1, 1)`);
  await queries.execute(sql`insert into memberships (room_id, user_id, joined_at, joined_offset, read_offset)
    values (${room}, ${user}, ${at}, 0, 0)`);
  const body = JSON.stringify({ text: "from before", mentions: [] });
  await queries.execute(sql`insert into room_events (id, room_id, room_offset, type, author_id, at, body)
    values (${event}, ${room}, 1, 'message.posted', ${user}, ${at}, ${body}::jsonb)`);
  await queries.execute(sql`insert into messages (id, room_id, room_offset, author_id, text, at, mentions)
    values (${event}, ${room}, 1, ${user}, 'from before', ${at}, '[]')`);
  await queries.execute(sql`do $$ begin if to_regclass('event_places') is not null then
    insert into event_places (id, room_id, room_offset) select id, room_id, room_offset from room_events; end if; end $$`);
}

/** Everything that tables and indexes are made of, in the order of its names. */
async function shapeOf({ queries }: Database): Promise<unknown> {
  return await queries.execute(sql`
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as part
      from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    order by part`);
}

describe("a data folder", () => {
  let wanted: unknown;
  beforeAll(async () => {
    mkdirSync(join(root, "empty"));
    await (await openPgliteFolder(join(root, "empty", "database"))).close();
    cpSync(join(root, "empty"), join(root, "fresh"), { recursive: true });
    const fresh = await openPglite(join(root, "fresh"));
    wanted = await shapeOf(fresh);
    await fresh.close();
  }, limitMs);

  /** Of a schema of before, and not touched since. */
  async function oldFolder(name: string, when: number): Promise<{ folder: string; old: Database }> {
    const folder = join(root, name);
    cpSync(join(root, "empty"), folder, { recursive: true });
    const old = await openPgliteFolder(join(folder, "database"));
    await migrate(old, migrationsOf(when));
    return { folder, old };
  }

  test.each(whens)(
    "of the schema of %i opens with what it held, and is then like a new one",
    async (when) => {
      const { folder, old } = await oldFolder(`${when}`, when);
      await moveIn(old);
      await old.close();
      const database = await openPglite(folder);
      const stores = openPostgresStores(database);
      expect(await stores.events.find(event)).toMatchObject({ room, offset: 1 });
      expect(await stores.users.byKey("ana")).toMatchObject({ id: user });
      const { queries } = database;
      expect(await queries.execute(sql`select text, reply_to from messages`)).toEqual([
        { text: "from before", reply_to: null },
      ]);
      expect(await shapeOf(database)).toEqual(wanted);
      await migrate(database);
      await database.close();
    },
    limitMs,
  );

  test("of every schema is kept here", () => expect(whens.length).toBeGreaterThanOrEqual(8));

  test(
    "of a version that nobody knows is refused with a sentence, and left as it is",
    async () => {
      const { folder, old } = await oldFolder("unknown", whens[0] ?? 0);
      await old.queries.execute(sql`update drizzle.__drizzle_migrations set created_at = 1700000000000`);
      const before = await shapeOf(old);
      await old.close();
      const refused = await openPglite(folder).catch((error: unknown) => error);
      expect(String(refused)).toContain("tables of 2023-11-14 that this version of Superchat does not know");
      lockDataFolder(folder).release();
      const again = await openPgliteFolder(join(folder, "database"));
      expect(await shapeOf(again)).toEqual(before);
      await again.close();
    },
    limitMs,
  );

  const broken: Readonly<Record<string, (database: string) => void>> = {
    "is of another Postgres": (database) => writeFileSync(join(database, "PG_VERSION"), "16\n"),
    "has lost a file": (database) => rmSync(join(database, "global", "pg_control")),
    "has lost a folder": (database) => rmSync(join(database, "base"), { recursive: true }),
    "is a file": (database) => {
      rmSync(database, { recursive: true });
      writeFileSync(database, "");
    },
  };
  test.each(Object.keys(broken))(
    "whose database %s is refused with a sentence that says what to do",
    async (name) => {
      const folder = join(root, name.replaceAll(" ", "-"));
      cpSync(join(root, "fresh"), folder, { recursive: true });
      broken[name]?.(join(folder, "database"));
      const refused = await openPglite(folder).catch((error: Error) => error);
      expect(String(refused)).toMatch(/The database in .+ can't be opened: .+ Restore it from a copy, .+ DATA_DIR/);
      expect(String(refused)).not.toMatch(/\[object|undefined/);
      lockDataFolder(folder).release();
    },
    limitMs,
  );
});
