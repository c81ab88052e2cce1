import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { emptyDatabase } from "#tests/support/test-database.ts";
import { migrate } from "./migrate.ts";

const root = mkdtempSync(join(tmpdir(), "superchat-migrate-"));

afterAll(() => rmSync(root, { recursive: true }));

/** The migrations as they were when there was only one. */
function firstMigration(): string {
  const folder = join(root, "migrations");
  cpSync(join(import.meta.dir, "migrations"), folder, { recursive: true });
  const journal = join(folder, "meta", "_journal.json");
  const { entries, ...rest } = JSON.parse(readFileSync(journal, "utf8"));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 1) }));
  return folder;
}

const limitMs = 60_000;

test(
  "a database of the first version is brought up to date with all it held, and then left as it is",
  async () => {
    const database = await emptyDatabase();
    const ofFirstVersion = firstMigration();
    await migrate(database, ofFirstVersion);
    const id = "01976b7e-0000-7000-8000-000000000001";
    await database.queries.execute(sql`
      insert into messages (id, room_id, room_offset, author_id, text, at, mentions)
      values (${id}, ${id}, 1, ${id}, 'from before', now(), '[]')`);
    await migrate(database);
    // Again, and by a process of the older version that starts late.
    await migrate(database);
    await migrate(database, ofFirstVersion);
    const rows = await database.queries.execute(sql`select text, reply_to from messages`);
    expect(rows).toEqual([{ text: "from before", reply_to: null }]);
    await database.close();
  },
  limitMs,
);
