import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { earlierMigrations } from "#tests/support/earlier-migrations.ts";
import { notedWords } from "#tests/support/noted-words.ts";
import { emptyDatabase, openAs } from "#tests/support/test-database.ts";
import { migrate } from "./migrate.ts";

const root = mkdtempSync(join(tmpdir(), "superchat-migrate-"));

afterAll(() => rmSync(root, { recursive: true }));

const firstMigration = (name = "migrations") => earlierMigrations(join(root, name), 1);

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

test(
  "a migration that waits for a table gives up before those who talk notice, and goes well when it is tried again",
  async () => {
    const database = await emptyDatabase();
    await migrate(database, firstMigration());
    const busy = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const other = await openAs(database, "busy");
    const holding = other.transaction(async (queries) => {
      await queries.execute(sql`lock table messages in access share mode`);
      begun.resolve();
      await busy.promise;
    });
    await begun.promise;
    await expect(migrate(database)).rejects.toMatchObject({ cause: { sqlState: "55P03" } });
    busy.resolve();
    await holding;
    await migrate(database);
    await other.close();
    await database.close();
  },
  limitMs,
);

test("what the planner noted of messages goes when statistics stop", async () => {
  const database = await emptyDatabase();
  expect(await notedWords(database)).toEqual({ before: 3, after: 0 });
  await database.close();
});

test("a migration takes as long as it takes", async () => {
  const database = await emptyDatabase();
  const folder = firstMigration("slow");
  const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("0000"));
  writeFileSync(join(folder, file), "create table seen as select current_setting('statement_timeout') as timeout");
  await migrate(database, folder);
  expect(await database.queries.execute(sql`select timeout from seen`)).toEqual([{ timeout: "0" }]);
  await database.close();
});
