/** Opens the database of a process, migrated: PGlite in a data folder, or a Postgres server. */
import { join } from "node:path";
import { lockDataFolder } from "./data-lock.ts";
import type { Database } from "./database.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { migrate } from "./migrate.ts";
import { openPgliteFolder } from "./pglite.ts";
import { openPostgresServer } from "./postgres.ts";

/** @throws Error with a sentence for the operator when the folder is in use or can't be written. */
export async function openPglite(dataFolder: string): Promise<Database> {
  const lock = lockDataFolder(dataFolder);
  try {
    const database = await migrated(await openPgliteFolder(join(dataFolder, "database")));
    const stopHousekeeping = startHousekeeping(database);
    return {
      ...database,
      async close() {
        stopHousekeeping();
        await database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @throws DatabaseLost when the server does not answer. */
export async function openPostgres(url: string): Promise<Database> {
  return await migrated(await openPostgresServer(url));
}

async function migrated(database: Database): Promise<Database> {
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
