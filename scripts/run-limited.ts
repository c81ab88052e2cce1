/** Runs a program of this project with Bun, its output passed on, and ends it with all it started when its time is over. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface Ending {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** What it wrote to stderr, where Bun's test runner reports. */
  readonly output: string;
}

export async function runLimited(
  args: readonly string[],
  limitMs: number,
  env: Record<string, string> = {},
): Promise<Ending> {
  const child = Bun.spawn([process.execPath, "--no-orphans", ...args], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "pipe",
    env: { ...process.env, ...(process.stderr.isTTY ? { FORCE_COLOR: "1" } : {}), ...env },
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killTree(child.pid);
  }, limitMs);
  try {
    const [output] = await Promise.all([passOn(child.stderr), child.exited]);
    return { exitCode: child.exitCode, timedOut, output };
  } finally {
    clearTimeout(timer);
  }
}

async function passOn(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    process.stderr.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** A browser or a service that a killed test had started would stay: so the descendants are listed first. */
function killTree(pid: number): void {
  for (const process_ of [pid, ...descendantsOf(pid, listProcesses())]) {
    try {
      process.kill(process_, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

type ProcessPair = readonly [pid: number, parent: number];

/** What runs on this machine; without those that ended and only wait to be asked for their exit code. */
export function listProcesses(): ProcessPair[] {
  // Slim container images come without ps.
  const rows = existsSync("/proc/self/stat") ? rowsOfProc() : rowsOfPs();
  return rows
    .filter(([, state = "Z"]) => !state.startsWith("Z"))
    .map(([pid, , parent]) => [Number(pid), Number(parent)]);
}

function rowsOfProc(): string[][] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name stands in parentheses before the state, and may hold anything.
      return [[pid, ...stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)]];
    } catch {
      return [];
    }
  });
}

function rowsOfPs(): string[][] {
  const listing = Bun.spawnSync(["ps", "-A", "-o", "pid=,stat=,ppid="]).stdout.toString();
  return listing.split("\n").map((line) => line.trim().split(/\s+/));
}

export function descendantsOf(pid: number, processes: readonly ProcessPair[]): number[] {
  const children = processes.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendantsOf(child, processes)]);
}
