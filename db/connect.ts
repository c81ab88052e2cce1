/** Opens the database of a process, migrated: PGlite in a data folder, or a Postgres server. */
import { join, resolve } from "node:path";
import { DrizzleQueryError } from "drizzle-orm";
import { lockDataFolder } from "./data-lock.ts";
import { closedWith, type Database } from "./database.ts";
import { withHousekeeping } from "./housekeeping.ts";
import { migrate } from "./migrate.ts";
import { adviceOn } from "./opening-advice.ts";
import { openPgliteFolder } from "./pglite.ts";
import { openPostgresServer } from "./postgres.ts";

/** Looks at a database before its tables are brought up to date, and throws what forbids that. */
export type Check = (database: Database) => Promise<void>;

/** @throws Error with a sentence for the operator when the folder is in use or can't be written. */
export async function openPglite(dataFolder: string, check?: Check): Promise<Database> {
  return await openUnderLock(dataFolder, () => openLockedPglite(join(dataFolder, "database"), check));
}

/** The folder is locked from before `open` until the database is closed. @throws Error with a sentence when it is in use */
export async function openUnderLock(dataFolder: string, open: () => Promise<Database>): Promise<Database> {
  const lock = lockDataFolder(dataFolder);
  try {
    return closedWith(await open(), () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** For whoever holds the lock of the data folder around it. */
export async function openLockedPglite(folder: string, check?: Check): Promise<Database> {
  const database = await migrated(await openFolder(folder), check);
  return withHousekeeping(database);
}

async function openFolder(folder: string): Promise<Database> {
  try {
    return await openPgliteFolder(folder);
  } catch (cause) {
    throw cannotOpen(resolve(folder), cause);
  }
}

/** With what to do about it. */
export function cannotOpen(folder: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const sentence = why.endsWith(".") ? why : `${why}.`;
  return new Error(`The database in ${folder} can't be opened: ${sentence} ${adviceOn(why)}`, { cause });
}

/**
 * @param name what this process calls itself there
 * @throws DatabaseLost when the server does not answer; whatever the check throws
 */
export async function openPostgres(url: string, name?: string, check?: Check): Promise<Database> {
  return await migrated(await openPostgresServer(url, name), check);
}

/** Closes it when its tables can't, or may not, be brought up to date. */
export async function migrated(database: Database, check?: Check): Promise<Database> {
  try {
    await check?.(database);
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    // The library's own message has the whole statement in it.
    if (!(error instanceof DrizzleQueryError)) throw error;
    throw new Error(`The database's tables can't be brought up to date: ${error.cause?.message}`, { cause: error });
  }
}
