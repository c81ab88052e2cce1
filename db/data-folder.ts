/** Opens the database of a single process in its data folder: a Postgres of its own, or PGlite where none starts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Check, cannotOpen, migrated, openLockedPglite, openUnderLock } from "./connect.ts";
import { copyAll } from "./copy.ts";
import { closedWith, type Database } from "./database.ts";
import {
  databaseUser,
  FolderRefused,
  makeFolder,
  refusal,
  serverUserId,
  socketFolderOf,
  socketIn,
} from "./native/folder.ts";
import { clearLeftovers } from "./native/leftovers.ts";
import { findPostgres, type PostgresPrograms, postgresMajor } from "./native/programs.ts";
import { type NativeOptions, startNativeServer } from "./native/server.ts";
import { connections } from "./native/settings.ts";
import { pgliteMajor } from "./pglite.ts";
import { openPostgresServer } from "./postgres.ts";
import { putInPlace, writeInPlace } from "./sync.ts";

/** PGlite's, and since then what tells an older Superchat that the community isn't there any more. */
const pgliteFolder = "database";
const keptPgliteFolder = "database-before-postgres";
const nativeFolder = "postgres";
/** Completes an older one's sentence: "it is of Postgres …, and this Superchat reads 18." */
const moved = "18 in the folder postgres beside it, where a newer Superchat keeps it";

export interface DataFolderOptions {
  /** What an operator should know, in sentences. */
  readonly report: (sentence: string) => void;
  /** Which Postgres there is. Default: as the environment says. */
  readonly find?: () => ReturnType<typeof findPostgres>;
  /** Whether this version may work on what is there. Default: it may. */
  readonly check?: Check;
}

/** @throws Error with a sentence for the operator when the folder is in use, can't be written, or holds what can't be opened here */
export async function openDataFolder(dataFolder: string, options: DataFolderOptions): Promise<Database> {
  return await openUnderLock(dataFolder, () => openLocked(resolve(dataFolder), options));
}

async function openLocked(dataFolder: string, options: DataFolderOptions): Promise<Database> {
  const { report, find = findPostgres, check } = options;
  const programs = find();
  const folder = join(dataFolder, nativeFolder);
  if (!existsSync(folder)) {
    refuseUnread(dataFolder);
    const reason = "reason" in programs ? programs.reason : await make(dataFolder, programs, options);
    if (reason !== undefined) {
      report(
        `No Postgres starts here (${reason}), so the community is kept by PGlite: it loses nothing either, but takes three times the memory and half the speed. POSTGRES_BIN can name the folder of a Postgres ${postgresMajor}.`,
      );
      return await openLockedPglite(join(dataFolder, pgliteFolder), check);
    }
  }
  const found = versionOf(folder);
  if (found !== postgresMajor)
    throw new Error(
      `The database in ${folder} can't be opened: it is of Postgres ${found ?? "?"}, and this Superchat reads ${postgresMajor}. Restore it from a copy, or choose another DATA_DIR.`,
    );
  if ("reason" in programs)
    throw new Error(
      `The community in ${dataFolder} is kept by Postgres ${postgresMajor}, and none starts here: ${programs.reason}. Install it, or name its folder in POSTGRES_BIN.`,
    );
  const kept = keepOldOnesOut(dataFolder);
  if (kept !== undefined)
    report(
      `The community is kept by Postgres now. ${kept} holds what PGlite had, with its tables brought up to date: what is deleted from now on stays in there, so remove it when nobody needs it.`,
    );
  const native = { dataFolder, folder, programs, userId: serverUserId(dataFolder), report };
  return await migrated(await openNative(native).catch((cause) => Promise.reject(cannotOpen(folder, cause))), check);
}

/** A community begins where there was none: not beside one that can't be read. */
function refuseUnread(dataFolder: string): void {
  const folder = join(dataFolder, pgliteFolder);
  const version = versionOf(folder);
  if (version === pgliteMajor || !existsSync(folder) || readdirSync(folder).length === 0) return;
  const restore = "Restore it from a copy, or choose another DATA_DIR.";
  if (version === moved)
    throw new Error(
      `The community is kept in ${join(dataFolder, nativeFolder)}, and there is no such folder. ${restore}`,
    );
  throw new Error(
    `The database in ${folder} can't be opened: it is of Postgres ${version || "?"}, and this Superchat reads ${pgliteMajor}. ${restore}`,
  );
}

/** @returns why there can be none, after which all is as it was */
async function make(
  dataFolder: string,
  programs: PostgresPrograms,
  options: DataFolderOptions,
): Promise<string | undefined> {
  const { report } = options;
  const draft = join(dataFolder, `${nativeFolder}.new`);
  const userId = serverUserId(dataFolder);
  // Of a start that was killed, whose server may still be ending in it.
  await clearLeftovers(draft, socketFolderOf(dataFolder));
  try {
    await makeFolder(draft, programs, userId);
    await fill(dataFolder, await openDraft({ dataFolder, folder: draft, programs, userId, report }), options);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof FolderRefused) return error.message;
    throw error;
  }
  putInPlace(draft, join(dataFolder, nativeFolder));
  return undefined;
}

/** Where initdb works, the server may still not start: there PGlite goes on, and nothing has the folder's name yet. */
async function openDraft(options: NativeOptions): Promise<Database> {
  return await openNative(options).catch((cause) =>
    Promise.reject(refusal("Postgres", String(cause?.message).replace(/\.$/, ""))),
  );
}

/** Reads the old folder, if there is one. Closes the new one. */
async function fill(dataFolder: string, target: Database, { report, check }: DataFolderOptions): Promise<void> {
  await migrated(target);
  try {
    if (versionOf(join(dataFolder, pgliteFolder)) !== pgliteMajor) return;
    report("The community moves from PGlite to a Postgres of its own. This happens once.");
    const source = await openLockedPglite(join(dataFolder, pgliteFolder), check);
    try {
      await copyAll(source, target, () => undefined);
    } finally {
      await source.close();
    }
  } finally {
    await target.close();
  }
}

/** @throws whatever Postgres says when it does not start, or does not open what it has */
async function openNative(options: NativeOptions): Promise<Database> {
  const server = await startNativeServer(options);
  try {
    const address = { socket: socketIn(server.socketFolder), user: databaseUser, database: "postgres", connections };
    return closedWith(await openPostgresServer(address, "standalone"), server.stop);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * An older Superchat would begin a new community in a folder without PGlite's, or go on with the one of before. Looked after at each
 * start: the one that made the folder may have ended too early.
 * @returns where PGlite's is kept from then on
 */
function keepOldOnesOut(dataFolder: string): string | undefined {
  const folder = join(dataFolder, pgliteFolder);
  if (versionOf(folder) === moved) return undefined;
  let kept = join(dataFolder, keptPgliteFolder);
  // Whatever else is in the way stays as well.
  while (existsSync(kept)) kept += "-too";
  const wasThere = existsSync(join(folder, "base"));
  if (wasThere) putInPlace(folder, kept);
  mkdirSync(folder, { recursive: true });
  writeInPlace(join(folder, "PG_VERSION"), `${moved}\n`);
  return wasThere ? kept : undefined;
}

/** Of the Postgres that made a folder. */
function versionOf(folder: string): string | undefined {
  const file = join(folder, "PG_VERSION");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
