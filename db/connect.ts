/** Opens the database of a process, migrated: PGlite in a data folder, or a Postgres server. */
import { join, resolve } from "node:path";
import { DrizzleQueryError } from "drizzle-orm";
import { lockDataFolder } from "./data-lock.ts";
import type { Database } from "./database.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { migrate } from "./migrate.ts";
import { openPgliteFolder } from "./pglite.ts";
import { openPostgresServer } from "./postgres.ts";

/** @throws Error with a sentence for the operator when the folder is in use or can't be written. */
export async function openPglite(dataFolder: string): Promise<Database> {
  return await openUnderLock(dataFolder, () => openLockedPglite(join(dataFolder, "database")));
}

/** The folder is locked from before `open` until the database is closed. @throws Error with a sentence when it is in use */
export async function openUnderLock(dataFolder: string, open: () => Promise<Database>): Promise<Database> {
  const lock = lockDataFolder(dataFolder);
  try {
    const database = await open();
    return {
      ...database,
      async close() {
        await database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** For whoever holds the lock of the data folder around it. */
export async function openLockedPglite(folder: string): Promise<Database> {
  const database = await migrated(await openFolder(folder));
  const stopHousekeeping = startHousekeeping(database);
  return {
    ...database,
    async close() {
      stopHousekeeping();
      await database.close();
    },
  };
}

async function openFolder(folder: string): Promise<Database> {
  try {
    return await openPgliteFolder(folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The database in ${resolve(folder)} can't be opened: ${why} Restore it from a copy, or move it away and start with a new one, or choose another DATA_DIR.`,
      { cause },
    );
  }
}

/** @throws DatabaseLost when the server does not answer. */
export async function openPostgres(url: string): Promise<Database> {
  return await migrated(await openPostgresServer(url));
}

/** Closes it when its tables can't be brought up to date. */
export async function migrated(database: Database): Promise<Database> {
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    // The library's own message has the whole statement in it.
    if (!(error instanceof DrizzleQueryError)) throw error;
    throw new Error(`The database's tables can't be brought up to date: ${error.cause?.message}`, { cause: error });
  }
}
