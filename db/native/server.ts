/** A Postgres that runs as our child: started, started again when it ends, never left behind. */

import { makeSocketFolder, serverEnv, takeFromRoot } from "./folder.ts";
import { clearLeftovers } from "./leftovers.ts";
import { readLines } from "./lines.ts";
import type { PostgresPrograms } from "./programs.ts";
import { settingsFor } from "./settings.ts";
import { unprivileged } from "./unprivileged.ts";

/** Processes of a killed server end by themselves, and the next one refuses to start before. */
const leftOversWithinMs = 10_000;
const lookAgainMs = 100;
/** Between two starts of a server that ends again and again, growing. */
const pausesMs = { from: 50, to: 5_000 } as const;
/** One that ran for so long has no trouble with starting. */
const steadyAfterMs = 30_000;
const stopsWithinMs = 10_000;
const keptLines = 20;

export interface NativeServer {
  /** Where its socket is. */
  readonly socketFolder: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Connections are closed, what is committed is on the disk. */
  stop(): Promise<void>;
}

export interface NativeOptions {
  readonly programs: PostgresPrograms;
  /** Of the community. */
  readonly dataFolder: string;
  /** Of Postgres, in it. */
  readonly folder: string;
  readonly userId: number;
  /** Told in sentences. */
  readonly report: (sentence: string) => void;
  /** Other settings of Postgres than it has in a community. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** @throws Error with what Postgres said when it does not start */
export async function startNativeServer(options: NativeOptions): Promise<NativeServer> {
  const { dataFolder, folder, userId, report } = options;
  takeFromRoot(folder, userId);
  const socketFolder = makeSocketFolder(dataFolder, userId);
  const stopping = new AbortController();
  const wake = Promise.withResolvers<void>();
  let running = await startInsistently(options, socketFolder, stopping.signal);
  const supervision = supervise();

  async function supervise(): Promise<void> {
    let pauseMs: number = pausesMs.from;
    let since = performance.now();
    for (;;) {
      const why = await running.ended;
      if (stopping.signal.aborted) return;
      if (performance.now() - since > steadyAfterMs) pauseMs = pausesMs.from;
      report(`Postgres ended (${why}). It is started again; what was acknowledged is on the disk.`);
      for (;;) {
        await Promise.race([Bun.sleep(pauseMs), wake.promise]);
        if (stopping.signal.aborted) return;
        pauseMs = Math.min(pauseMs * 2, pausesMs.to);
        try {
          running = await startInsistently(options, socketFolder, stopping.signal);
          since = performance.now();
          break;
        } catch (error) {
          if (stopping.signal.aborted) return;
          report(`Postgres does not start: ${error instanceof Error ? error.message : error} It is tried again.`);
        }
      }
    }
  }

  return {
    socketFolder,
    get pid() {
      return running.pid;
    },
    async stop() {
      stopping.abort();
      wake.resolve();
      await supervision;
    },
  };
}

interface Running {
  readonly pid: number | undefined;
  /** Resolves with why. */
  readonly ended: Promise<string>;
}

async function startInsistently(options: NativeOptions, socketFolder: string, stopping: AbortSignal): Promise<Running> {
  const giveUpAt = performance.now() + leftOversWithinMs;
  for (;;) {
    try {
      await clearLeftovers(options.folder, socketFolder);
      stopping.throwIfAborted();
      return await start(options, socketFolder, stopping);
    } catch (error) {
      const waits = error instanceof Error && error.message.includes("is still in use");
      if (!waits || stopping.aborted || performance.now() > giveUpAt) throw error;
      await Bun.sleep(lookAgainMs);
    }
  }
}

/**
 * In a process group of its own, so that Ctrl-C in a terminal reaches only us, who decide on the order of ending.
 * @param stopping ends it, ready or not: after a crash it may take long until it is
 */
async function start(
  { programs, folder, userId, settings }: NativeOptions,
  socketFolder: string,
  stopping: AbortSignal,
): Promise<Running> {
  const runner = unprivileged([folder, programs.postgres], "INT", userId);
  const child = Bun.spawn(runner.command([programs.postgres, "-D", folder, ...settingsFor(socketFolder, settings)]), {
    cwd: folder,
    env: serverEnv(),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    detached: true,
  });
  endWith(stopping, child);
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  const read = readLines(child.stderr, (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    if (line.includes("ready to accept connections")) ready.resolve();
  });
  const ended: Promise<string> = child.exited.then(async () => {
    // Processes of a killed server hold the pipe for a moment longer.
    await Promise.race([read, Bun.sleep(lookAgainMs)]);
    const how = child.signalCode === null ? `exit code ${child.exitCode}` : `${child.signalCode}`;
    const said = lines.findLast((line) => /^(FATAL|PANIC):/.test(line)) ?? lines.at(-1);
    return said === undefined ? how : `${how}: ${said.replace(/^\w+:\s+/, "")}`;
  });
  await Promise.race([ready.promise, ended.then((why) => Promise.reject(new Error(`it ended with ${why}.`)))]);
  return {
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    ended,
  };
}

function endWith(stopping: AbortSignal, child: Bun.Subprocess): void {
  const end = () => {
    child.kill("SIGINT");
    const impatience = setTimeout(() => child.kill("SIGQUIT"), stopsWithinMs);
    child.exited.then(() => clearTimeout(impatience));
  };
  stopping.addEventListener("abort", end);
  child.exited.then(() => stopping.removeEventListener("abort", end));
}
