/** Brings the tables up to date with db/migrations/, the same for both engines. Several processes may do so at once. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/pg-proxy/migrator";
import { type Database, type Queries, QueryRefused } from "./database.ts";

const allMigrations = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any number that nothing else in the database locks. */
const advisoryLock = 7_305_112;

export async function migrate(database: Database, migrationsFolder = allMigrations): Promise<void> {
  if ((await appliedUpTo(database.queries)) === newestIn(migrationsFolder)) return;
  await database.transaction(async (queries) => {
    await queries.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`);
    const apply = async (statements: readonly string[]) => {
      for (const statement of statements) await queries.execute(sql.raw(statement));
    };
    await applyMigrations(queries, apply, { migrationsFolder });
  });
}

/** When the newest applied migration was made; undefined for a database without tables. */
async function appliedUpTo(queries: Queries): Promise<number | undefined> {
  try {
    const newestFirst = sql`select created_at from drizzle.__drizzle_migrations order by created_at desc limit 1`;
    const [row] = await queries.execute<{ created_at: string }>(newestFirst);
    return row === undefined ? undefined : Number(row.created_at);
  } catch (error) {
    const refused = error instanceof Error && error.cause instanceof QueryRefused ? error.cause : error;
    if (refused instanceof QueryRefused && missing.has(refused.sqlState)) return undefined;
    throw error;
  }
}

/** No such table, no such schema. */
const missing: ReadonlySet<string> = new Set(["42P01", "3F000"]);

function newestIn(migrationsFolder: string): number | undefined {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, "utf8")) as {
    entries: { when: number }[];
  };
  return journal.entries.at(-1)?.when;
}
