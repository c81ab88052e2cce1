/** A process that can be ended and started again: ready when it says so, its output in a file, nothing of it left behind. */
import { closeSync, openSync, statSync } from "node:fs";

const readyPollMs = 30;
const defaultReadyWithinMs = 30_000;
const defaultStopWithinMs = 15_000;
/** What a failed start shows of the log. */
const shownLines = 20;
/** These end no process, so there is no end to wait for. */
const passing: readonly NodeJS.Signals[] = ["SIGSTOP", "SIGCONT", "SIGHUP", "SIGUSR1", "SIGUSR2"];

export interface ChildOptions {
  /** For sentences. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A function is asked at each start. */
  readonly cwd?: string | (() => string);
  /** Appended to. */
  readonly logFile: string;
  /** Asked again and again with what this start has written so far. */
  readonly ready: (written: string) => boolean | Promise<boolean>;
  readonly readyWithinMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** Then it is killed. */
  readonly stopWithinMs?: number;
}

export interface Child {
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, unless the signal only stops or tells something. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when it is ready. Does nothing if it runs. @throws Error with the last lines of its log */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when it does not run, however it came to that. */
  ended(): Promise<void>;
}

export function createChild(options: ChildOptions): Child {
  let running: Bun.Subprocess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const child = running;
    if (child === undefined) return;
    child.kill(signal);
    if (passing.includes(signal)) return;
    // A frozen process takes no other signal than SIGKILL.
    child.kill("SIGCONT");
    const impatience = setTimeout(() => child.kill("SIGKILL"), options.stopWithinMs ?? defaultStopWithinMs);
    await child.exited;
    clearTimeout(impatience);
  }

  return {
    get pid() {
      return running?.pid;
    },
    kill: (signal = "SIGKILL") => end(signal),
    stop: () => end(options.stopSignal ?? "SIGTERM"),
    ended: async () => void (await running?.exited),
    async start() {
      // One that was killed a moment ago may not be forgotten yet.
      if (running !== undefined && running.exitCode === null && running.signalCode === null) return;
      const from = sizeOf(options.logFile);
      const child = spawn(options);
      running = child;
      const over = child.exited.then(() => {
        endGroup(child.pid);
        if (running === child) running = undefined;
      });
      const written = () => Bun.file(options.logFile).slice(from).text();
      try {
        await untilReady(child, written, options);
      } catch (error) {
        child.kill("SIGKILL");
        await over;
        const lines = (await written()).trimEnd().split("\n").slice(-shownLines).join("\n");
        throw new Error(`${options.name} ${error instanceof Error ? error.message : error}, and wrote:\n${lines}`);
      }
    },
  };
}

/** In a process group of its own, so that Ctrl-C in a terminal reaches only who decides on the order of ending. */
function spawn({ command, env, cwd, logFile }: ChildOptions): Bun.Subprocess {
  const log = openSync(logFile, "a");
  try {
    return Bun.spawn([...command], {
      ...(cwd === undefined ? {} : { cwd: typeof cwd === "string" ? cwd : cwd() }),
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

async function untilReady(child: Bun.Subprocess, written: () => Promise<string>, options: ChildOptions): Promise<void> {
  const withinMs = options.readyWithinMs ?? defaultReadyWithinMs;
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    if (await options.ready(await written())) return;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`ended with ${child.signalCode ?? `exit code ${child.exitCode}`} while it started`);
    if (performance.now() > giveUpAt) throw new Error(`was not ready after ${withinMs / 1_000} seconds`);
    await Bun.sleep(readyPollMs);
  }
}

/** Workers of a killed server would go on, and keep its port. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
