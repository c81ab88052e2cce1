/** What this machine has to spare now: on the disk of a folder, and in memory, as far as limits of a container tell. */
import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname, resolve } from "node:path";
import type { Machine } from "./choose-model.ts";

export async function measureMachine(folder: string): Promise<Machine> {
  const { bavail, bsize } = await statfs(existing(folder));
  return { freeDiskBytes: bavail * bsize, freeMemoryBytes: Math.min(availableBytes(), limitedBytes()) };
}

/** The folder, or the nearest one above it that is there already. */
function existing(folder: string): string {
  for (let path = resolve(folder); ; path = dirname(path)) if (existsSync(path)) return path;
}

/** What Linux would give without swapping; caches of files count as free. */
function availableBytes(): number {
  const file = "/proc/meminfo";
  const kilobytes = existsSync(file) ? /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

function limitedBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? limit - process.memoryUsage().rss : Number.POSITIVE_INFINITY;
}
