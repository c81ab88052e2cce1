/**
 * Folders of services whose data nobody keeps. Each bears the name of the process that made it; when that one was killed before it
 * could clean up, the next start of the same kind does.
 */
import { readlinkSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param parent where all of them are; default: the machine's folder for passing things */
export async function makeOwnFolder(kind: string, parent = tmpdir()): Promise<string> {
  const prefix = `superchat-${kind}-`;
  await removeStale(parent, prefix);
  return await mkdtemp(join(parent, `${prefix}${processSpace()}-${process.pid}-`));
}

async function removeStale(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [space, pid] = name.startsWith(prefix) ? name.slice(prefix.length).split("-") : [];
    // Of another container with the same folder nothing is known: its process ids are not ours.
    if (space !== processSpace() || !/^\d+$/.test(pid ?? "") || isRunning(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** The kernel's number for the set of process ids that ours is one of; 0 where there is but one set. */
function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

/** Whether there is such a process, whosever it is. One that has ended and was not waited for counts as running. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
