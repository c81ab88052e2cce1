/** What a server that was killed leaves in its folders: a pid file that may name anybody by now, a socket, or itself. */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";

const endsWithinMs = 10_000;
const lookAgainMs = 20;

/** Whoever calls this holds the lock of the data folder, so no server of it is meant to run. */
export async function clearLeftovers(folder: string, socketFolder: string): Promise<void> {
  const pidFile = join(folder, "postmaster.pid");
  const pid = pidIn(pidFile);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (pid === undefined || !isServerOf(pid, folder)) break;
    kill(pid, signal);
    const giveUpAt = performance.now() + endsWithinMs;
    while (isServerOf(pid, folder) && performance.now() < giveUpAt) await Bun.sleep(lookAgainMs);
  }
  // Ids come again, in a container at once: Postgres would take any process of the same user for a server in its folder.
  rmSync(pidFile, { force: true });
  for (const name of existsSync(socketFolder) ? readdirSync(socketFolder) : [])
    rmSync(join(socketFolder, name), { force: true });
}

function pidIn(file: string): number | undefined {
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : 0;
  return pid > 0 ? pid : undefined;
}

/** It may end between two looks. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Runs, doesn't only wait to be forgotten, and works in this folder. Where there is no /proc, nobody is taken for it. */
function isServerOf(pid: number, folder: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in parentheses before the state, and may hold anything.
    const isZombie = stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
    return !isZombie && worksIn(pid, folder);
  } catch {
    return false;
  }
}

/** In a container root may not ask where another user's process works; how it was started everybody may read. */
function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words[words.indexOf("-D") + 1] === folder;
  }
}
