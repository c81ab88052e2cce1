/** What the planner has noted of messages before an update, and what is left of that after it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { migrate } from "#db/migrate.ts";
import { earlierMigrations } from "./earlier-migrations.ts";
import { rowsWith } from "./told-words.ts";

const word = "xyzzy";
/** Up to the one with which statistics stop, 0009. */
const migrationsBefore = 9;
const id = "01976b7e-0000-7000-8000-000000000001";

/** @param database an empty one, which is brought up to date @returns statistics with the words of messages: before the update, and after it */
export async function notedWords(database: Database): Promise<{ readonly before: number; readonly after: number }> {
  const folder = mkdtempSync(join(tmpdir(), "superchat-noted-"));
  try {
    await migrate(database, earlierMigrations(folder, migrationsBefore));
    const { queries } = database;
    await queries.execute(sql`
      insert into users (id, name, name_key, name_skeleton, kind, created_at)
      values (${id}, 'ada', 'ada', 'ada', 'person', now())`);
    await queries.execute(sql`
      insert into rooms (id, slug, name, name_key, visibility, created_by, created_at, epoch)
      values (${id}, 'tea', 'tea', 'tea', 'public', ${id}, now(), 'e')`);
    await queries.execute(sql`
      insert into messages (id, room_id, room_offset, author_id, text, at, mentions, named)
      select ${id}::uuid, ${id}::uuid, n, ${id}::uuid, ${word}, now(), '[]', ${JSON.stringify([word])}::jsonb
      from generate_series(1, 100) as n`);
    await queries.execute(sql`
      insert into room_events (id, room_id, room_offset, type, author_id, at, body)
      select gen_random_uuid(), ${id}::uuid, n, 'message.posted', ${id}::uuid, now(), ${JSON.stringify({ text: word })}::jsonb
      from generate_series(1, 100) as n`);
    const noted = async () => {
      await queries.execute(sql`analyze`);
      return (await rowsWith(queries, [word])).filter((row) => row.startsWith("pg_stats")).length;
    };
    const before = await noted();
    await migrate(database);
    return { before, after: await noted() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
