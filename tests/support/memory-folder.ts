/** Folders for tests of what programs do with files: in memory where there is room, so that nobody waits for a disk. */
import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memory = "/dev/shm";
/** For a server with some copies, or a few folders of PGlite. Docker gives its containers less by default. */
const usualBytes = 512 * 1024 * 1024;

/** Whoever makes it removes it. */
export function memoryFolder(name: string, neededBytes = usualBytes): string {
  return mkdtempSync(join(memoryOrDisk(neededBytes), `superchat-${name}-`));
}

export function memoryOrDisk(neededBytes = usualBytes): string {
  return hasRoom(memory, neededBytes) ? memory : tmpdir();
}

function hasRoom(path: string, neededBytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}
