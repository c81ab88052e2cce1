/** Brings the tables up to date with db/migrations/, the same for both engines. Several processes may do so at once. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/pg-proxy/migrator";
import type { Database, Queries } from "./database.ts";
import { completeEarlySchema, isEarly } from "./early-schemas.ts";

const allMigrations = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any number that nothing else in the database locks. */
const advisoryLock = 7_305_112;
/**
 * Whoever changes a table waits for all who use it, and those who come meanwhile wait behind: a migration gives up sooner than anybody
 * notices, and whoever opened the database tries again.
 */
const lockWithinMs = 2_000;

/** @throws Error with a sentence for the operator when the database is of a version that is not known here, or refuses */
export async function migrate(database: Database, migrationsFolder = allMigrations): Promise<void> {
  const whens = whensIn(migrationsFolder);
  if ((await appliedUpTo(database.queries)) === whens.at(-1)) return;
  await database.transaction(async (queries) => {
    // An index over years of messages takes its time, and so does waiting for whoever makes it.
    await queries.execute(sql`set local statement_timeout = 0`);
    await queries.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`);
    await queries.execute(sql.raw(`set local lock_timeout = ${lockWithinMs}`));
    const before = await appliedUpTo(queries);
    if (before !== undefined && isEarly(before))
      await completeEarlySchema(queries, before, { folder: migrationsFolder, whens });
    else if (before !== undefined && before < (whens.at(-1) ?? 0) && !whens.includes(before)) throw unknown(before);
    const apply = async (statements: readonly string[]) => {
      for (const statement of statements) await queries.execute(sql.raw(statement));
    };
    await applyMigrations(queries, apply, { migrationsFolder });
  });
}

/** When the newest applied migration was made; undefined for a database without tables. Refuses nothing, so that a transaction goes on. */
async function appliedUpTo(queries: Queries): Promise<number | undefined> {
  const table = "drizzle.__drizzle_migrations";
  const [known] = await queries.execute<{ there: boolean }>(sql`select to_regclass(${table}) is not null as there`);
  if (!known?.there) return undefined;
  const newestFirst = sql`select created_at from ${sql.raw(table)} order by created_at desc limit 1`;
  const [row] = await queries.execute<{ created_at: string }>(newestFirst);
  return row === undefined ? undefined : Number(row.created_at);
}

function unknown(before: number): Error {
  const made = new Date(before).toISOString().slice(0, 10);
  return new Error(
    `The database has tables of ${made} that this version of Superchat does not know. ` +
      "Start the version that made it, or use another DATA_DIR or POSTGRES_DB: this one is left as it is.",
  );
}

/** When each migration was made, oldest first: what a database writes down about those it has. */
function whensIn(migrationsFolder: string): readonly number[] {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, "utf8")) as {
    entries: { when: number }[];
  };
  return journal.entries.map(({ when }) => when);
}
