/** The folder in which Postgres keeps a community, and the one of its socket: whose they are, and how the first is made. */
import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { PostgresPrograms } from "./programs.ts";
import { initWords, port } from "./settings.ts";
import { nobody, unprivileged } from "./unprivileged.ts";

/** Of the one superuser, who is the only one. */
export const databaseUser = "superchat";
/** Postgres refuses to run as root. A number that nobody else has: what runs as nobody could read the folder. */
const ownUserId = 58_018;
/** Of the system's addresses of sockets, with the zero at the end: 108 on Linux, 104 elsewhere. */
const maxSocketPathBytes = process.platform === "linux" ? 107 : 103;
const onlyOwner = 0o700;

/** Whose right the server has in this data folder when we are root: its owner's, so that the folder can be started without root as well. */
export function serverUserId(dataFolder: string): number {
  const { uid } = statSync(dataFolder);
  return uid === 0 ? ownUserId : uid;
}

/**
 * Made aside: whoever has the name is complete, and on the disk.
 * @throws Error with what initdb said
 */
export async function makeFolder(
  folder: string,
  { initdb }: PostgresPrograms,
  userId: number,
  { toDisk = true } = {},
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: onlyOwner });
  const command = commandFor(folder, initdb);
  const memory = process.platform === "linux" ? ["-c", "dynamic_shared_memory_type=mmap"] : [];
  const words = [
    initdb,
    "-D",
    folder,
    `--username=${databaseUser}`,
    ...initWords,
    ...memory,
    ...(toDisk ? [] : ["--no-sync"]),
  ];
  // Beside what else is made ready for the first start.
  const child = Bun.spawn(command(words), {
    cwd: "/",
    env: serverEnv(),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const [written, exitCode] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (exitCode !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw refusal("initdb", written);
  }
  if (process.getuid?.() === 0) ownAll(folder, userId);
}

/** It wants to know its user's name, which a number of our own does not have. A root without its rights can't give it the folder. */
function commandFor(folder: string, initdb: string): (words: readonly string[]) => string[] {
  try {
    const runner = unprivileged([folder, initdb], "KILL", nobody);
    runner.own(folder);
    return runner.command;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new FolderRefused(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
  }
}

/** Beside the data, or where the path would be too long for a socket in a temporary folder that its user alone can enter. */
export function socketFolderOf(dataFolder: string): string {
  const beside = resolve(dataFolder, "postgres-socket");
  const name = `superchat-${createHash("sha256").update(beside).digest("hex").slice(0, 16)}`;
  return Buffer.byteLength(socketIn(beside)) <= maxSocketPathBytes ? beside : join(tmpdir(), name);
}

export function makeSocketFolder(dataFolder: string, userId: number): string {
  const folder = socketFolderOf(dataFolder);
  const isRoot = process.getuid?.() === 0;
  if (!existsSync(folder)) mkdirSync(folder, { mode: onlyOwner });
  takeFromRoot(folder, userId);
  const found = lstatSync(folder);
  const owner = isRoot ? userId : process.getuid?.();
  if (!found.isDirectory() || (owner !== undefined && found.uid !== owner))
    throw new Error(`${folder} belongs to another user. Remove it, or choose another DATA_DIR.`);
  chmodSync(folder, onlyOwner);
  return folder;
}

/** A copy that root made without keeping owners is whole; root's Postgres would not run on it. */
export function takeFromRoot(folder: string, userId: number): void {
  if (process.getuid?.() === 0 && lstatSync(folder).uid === 0) ownAll(folder, userId);
}

export function socketIn(folder: string): string {
  return join(folder, `.s.PGSQL.${port}`);
}

/** Nothing of ours: an operator's PGDATA or PGOPTIONS is meant for another server. */
export function serverEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" };
}

function ownAll(path: string, userId: number): void {
  chownSync(path, userId, userId);
  for (const { name, parentPath } of readdirSync(path, { recursive: true, withFileTypes: true }))
    chownSync(join(parentPath, name), userId, userId);
}

/** Postgres can't make a folder as things are here; everything else may still be well. */
export class FolderRefused extends Error {
  override readonly name = "FolderRefused";
}

/** @param who says so */
export function refusal(who: string, written: string): Error {
  if (/no space left on device/i.test(written))
    return new Error("There is no space left on the disk of the data folder.");
  const [, noName] = /could not look up effective user ID (\d+)/.exec(written) ?? [];
  if (noName !== undefined)
    return new FolderRefused(`the user ${noName} has no line in /etc/passwd, which Postgres asks for once`);
  const said = written.split("\n").find((line) => /\b(error|FATAL|PANIC):/.test(line));
  return new FolderRefused(`${who} says: ${said ?? written.trim().split("\n").at(-1)}`);
}
