/**
 * Lets one process at a time use a data folder. The lock is the operating system's, held through an open SQLite file,
 * so it ends with its process however that dies, and no left-over file has to be judged by a process id. The id is
 * written down only to be shown.
 */
import { Database } from "bun:sqlite";
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const lockFile = "superchat.lock";
const ownerFile = "superchat.pid";
const noSpace = ["SQLITE_FULL", "ENOSPC", "EDQUOT"];

export interface DataLock {
  release(): void;
}

/** @throws Error with one sentence for the operator: the folder is in use, or can't be written. */
export function lockDataFolder(folder: string): DataLock {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  const lock = openLock(path);
  try {
    writeFileSync(join(path, ownerFile), `${process.pid}\n`);
  } catch (cause) {
    lock.close();
    throw unwritable(path, cause);
  }
  return {
    release() {
      rmSync(join(path, ownerFile), { force: true });
      lock.close();
    },
  };
}

function openLock(path: string): Database {
  let lock: Database | undefined;
  try {
    lock = new Database(join(path, lockFile), { create: true });
    lock.run("pragma busy_timeout = 0");
    lock.run("begin exclusive");
    return lock;
  } catch (cause) {
    lock?.close();
    if (codeOf(cause)?.startsWith("SQLITE_BUSY")) throw inUse(path, cause);
    throw unwritable(path, cause);
  }
}

function inUse(path: string, cause: unknown): Error {
  let owner = "another Superchat process";
  try {
    owner = `Superchat process ${Number.parseInt(readFileSync(join(path, ownerFile), "utf8"), 10)}`;
  } catch {
    // It has not written its id yet.
  }
  return new Error(`The data folder ${path} is in use by ${owner}; stop it or choose another DATA_DIR.`, { cause });
}

function unwritable(path: string, cause: unknown): Error {
  const why = codeOf(cause) ?? "unknown error";
  if (noSpace.includes(why))
    return new Error(`There is no space left on the disk of the data folder ${path}.`, { cause });
  return new Error(`The data folder ${path} can't be written (${why}); make it writable or choose another DATA_DIR.`, {
    cause,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
