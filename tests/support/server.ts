/** A standalone server as a process of its own, on a free port and with a data folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.ts";

const root = join(import.meta.dir, "..", "..");
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const servesLine = /^Superchat is at http:\/\/localhost:(\d+)$/m;

export interface StandaloneOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of the caller's, who also removes it; otherwise one that is gone after `stop`. */
  readonly dataDir?: string;
  /** 0, the default, is any free port. */
  readonly port?: number;
  /** The words that run it. Default: Bun, which ends what it started when it ends. */
  readonly command?: readonly string[];
}

export const bunAlone: readonly string[] = [process.execPath, "standalone.ts"];

export interface StandaloneServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Sends the signal; resolves when the process has ended, unless the signal only stops or continues it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** SIGTERM, waits for the end, and removes a data folder that was made here. @returns the exit code */
  stop(): Promise<number | null>;
  /** Starts again on the same port and data; ends the process cleanly first if it still runs. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Everything it and its predecessors wrote, stdout and stderr. */
  logs(): string;
}

export async function startStandalone({
  env = {},
  dataDir,
  port = 0,
  command,
}: StandaloneOptions = {}): Promise<StandaloneServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "superchat-data-")));
  let written = "";
  let current: Running;
  const write = (text: string) => {
    written += text;
  };
  try {
    current = await startProcess({ ...env, PORT: String(port), DATA_DIR: folder }, write, command);
  } catch (error) {
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const served = current.port;
  const server: StandaloneServer = {
    url: `http://localhost:${served}`,
    port: served,
    dataDir: folder,
    get pid() {
      return current.child.pid;
    },
    async kill(signal = "SIGKILL") {
      current.child.kill(signal);
      if (signal !== "SIGSTOP" && signal !== "SIGCONT") await ended(current);
    },
    async stop() {
      current.child.kill("SIGCONT");
      current.child.kill("SIGTERM");
      await ended(current);
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
      return current.child.exitCode;
    },
    async restart(newEnv = {}) {
      current.child.kill("SIGTERM");
      await ended(current);
      current = await startProcess({ ...env, ...newEnv, PORT: String(served), DATA_DIR: folder }, write, command);
    },
    logs: () => written,
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
  return server;
}

interface Running {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly port: number;
}

async function startProcess(
  env: Record<string, string>,
  write: (text: string) => void,
  // The server must not outlive a test run that is killed.
  command: readonly string[] = [process.execPath, "--no-orphans", "standalone.ts"],
): Promise<Running> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, LIMITS: "off", LOG_LEVEL: "info", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let written = "";
  const note = (text: string) => {
    written += text;
    write(text);
  };
  const bothClosed = Promise.all([collect(child.stdout, note), collect(child.stderr, note)]);
  const serves = () => written.match(servesLine)?.[1];
  try {
    await until(() => serves() ?? hasEnded(child), {
      deadlineMs: START_DEADLINE_MS,
      what: "the server to serve",
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`the server did not serve in time and wrote:\n${written}`, { cause: error });
  }
  const port = serves();
  if (port === undefined) {
    await bothClosed;
    throw new Error(
      `the server ended with ${child.signalCode ?? `exit code ${child.exitCode}`} and wrote:\n${written}`,
    );
  }
  return { child, port: Number(port) };
}

async function collect(stream: ReadableStream<Uint8Array>, note: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) note(decoder.decode(chunk, { stream: true }));
}

async function ended({ child }: Running): Promise<void> {
  try {
    await until(() => hasEnded(child), { deadlineMs: STOP_DEADLINE_MS, what: `process ${child.pid} to end` });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function hasEnded({ exitCode, signalCode }: Bun.Subprocess): boolean {
  return exitCode !== null || signalCode !== null;
}
