/** Runs a program of this project with Bun, its output passed on, and ends it with all it started when its time is over. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface Ending {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** What it wrote to stderr, where Bun's test runner reports. */
  readonly output: string;
}

/** What ended has written all it had; a longer wait would be for something it left behind that holds the same pipe. */
const DRAIN_MS = 2_000;

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
  const reader = child.stderr.getReader();
  const passedOn = passOn(reader);
  await child.exited;
  clearTimeout(timer);
  const drain = setTimeout(() => reader.cancel(), DRAIN_MS);
  const output = await passedOn;
  clearTimeout(drain);
  return { exitCode: child.exitCode, timedOut, output };
}

async function passOn(reader: Pick<ReadableStreamDefaultReader<Uint8Array>, "read">): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    process.stderr.write(read.value);
    text += decoder.decode(read.value, { stream: true });
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
