/**
 * One process at a time fetches into a folder that several may share, also from several containers: so a sign of life counts,
 * and not a process id. Who died is succeeded after a while.
 */
import { mkdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

export interface LockTimes {
  readonly signEveryMs: number;
  readonly deadAfterMs: number;
  readonly lookEveryMs: number;
}

const usual: LockTimes = { signEveryMs: 2_000, deadAfterMs: 20_000, lookEveryMs: 500 };

/** Runs the work when nobody else works in the folder, waiting as long as that takes. */
export async function alone<T>(folder: string, work: () => Promise<T>, times = usual): Promise<T> {
  const lock = join(folder, "fetching");
  while (!(await take(lock))) {
    if (await isOlder(lock, times.deadAfterMs)) await rm(lock, { recursive: true, force: true });
    else await Bun.sleep(times.lookEveryMs);
  }
  const signs = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, times.signEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(signs);
    await rm(lock, { recursive: true, force: true });
  }
}

/** Making a folder either succeeds or tells that somebody has. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function isOlder(lock: string, ms: number): Promise<boolean> {
  const made = await stat(lock).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > ms;
}
