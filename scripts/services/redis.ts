/** A real Redis server for tests and for a cluster on one machine: with a port and a folder of its own, nothing kept. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { endingWithParent } from "../../db/native/unprivileged.ts";
import { createChild } from "./child.ts";
import { ensureProgram } from "./debian.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { freePort } from "./ports.ts";

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, unless the signal only stops or continues it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Again after it has gone, on the same port, empty. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
  flush(): Promise<void>;
  /** Resolves when the process has gone. */
  gone(): Promise<void>;
  /** Runs one command through redis-cli. */
  command(...words: string[]): Promise<string>;
}

export interface RedisOptions {
  /** As words of a command line. */
  readonly settings?: readonly string[];
  /** Default: in the folder. */
  readonly logFile?: string;
}

/** @throws Error with a sentence when there is no Redis here and none can be installed */
export async function startRedis({ settings = [], logFile }: RedisOptions = {}): Promise<RedisServer> {
  const programs = ensureRedis();
  const folder = await makeOwnFolder("redis");
  const port = freePort();
  const command = (...words: string[]) => run([programs.client, "-p", `${port}`, ...words]);
  const own = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const child = createChild({
    name: "Redis",
    command: endingWithParent([programs.server, ...own, ...settings], "KILL"),
    logFile: logFile ?? join(folder, "redis.log"),
    ready: async () => (await command("PING")) === "PONG",
    // It has nothing to put in order.
    stopSignal: "SIGKILL",
  });
  async function stop(): Promise<void> {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await child.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    kill: child.kill,
    async start() {
      await child.ended();
      await child.start();
    },
    stop,
    flush: async () => void (await command("FLUSHALL")),
    gone: child.ended,
    command,
    [Symbol.asyncDispose]: stop,
  };
}

async function run(words: readonly string[]): Promise<string> {
  const child = Bun.spawn([...words], { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  return (await new Response(child.stdout).text()).trim();
}

interface Programs {
  readonly server: string;
  readonly client: string;
}

export function ensureRedis(): Programs {
  return ensureProgram({
    name: "Redis",
    packages: ["redis-server"],
    find() {
      const [server, client] = [Bun.which("redis-server"), Bun.which("redis-cli")];
      return server && client ? { server, client } : undefined;
    },
  });
}
