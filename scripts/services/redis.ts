/** Real Redis servers for tests and for a cluster on one machine: each with a port and a folder of its own, nothing kept. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const debianPackage = "redis-server";
const startWithinMs = 15_000;
const lookAgainMs = 25;
/** While this file says so, Debian's package manager starts no services. */
const startPolicy = "/usr/sbin/policy-rc.d";
const clusterSize = 3;
const slotCount = 16_384;

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
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

export interface RedisCluster {
  readonly urls: readonly string[];
  readonly servers: readonly RedisServer[];
  stop(): Promise<void>;
}

/** @throws Error with a sentence when there is no Redis here and none can be installed */
export async function startRedis(extra: readonly string[] = []): Promise<RedisServer> {
  const program = ensureRedis();
  const folder = await mkdtemp(join(tmpdir(), "superchat-redis-"));
  const port = freePort();
  let child = spawn();

  function spawn() {
    const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
    return Bun.spawn([program, ...settings, ...extra], { stdin: "ignore", stdout: "ignore", stderr: "inherit" });
  }

  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    kill: (signal) => child.kill(signal),
    async start() {
      await child.exited;
      child = spawn();
      await answers(server, child);
    },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
    flush: async () => void (await server.command("FLUSHALL")),
    gone: async () => void (await child.exited),
    command: (...words) => run(["redis-cli", "-p", `${port}`, ...words]),
  };
  try {
    await answers(server, child);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Three masters that share the slots. Slots of a server that is down do not take the others with them. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const settings = [
    "--cluster-enabled",
    "yes",
    "--cluster-require-full-coverage",
    "no",
    "--cluster-node-timeout",
    "2000",
  ];
  const servers: RedisServer[] = [];
  const busPorts: number[] = [];
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    while (servers.length < clusterSize) {
      const bus = freePort();
      busPorts.push(bus);
      servers.push(await startRedis([...settings, "--cluster-port", `${bus}`]));
    }
    for (const [at, server] of servers.entries()) {
      const [from, to] = [at, at + 1].map((part) => Math.floor((slotCount * part) / clusterSize)) as [number, number];
      await server.command("CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to - 1}`);
      await server.command("CLUSTER", "SET-CONFIG-EPOCH", `${at + 1}`);
      if (at > 0) await server.command("CLUSTER", "MEET", "127.0.0.1", `${servers[0]?.port}`, `${busPorts[0]}`);
    }
    for (const server of servers) await until("the cluster to agree", () => agrees(server));
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: servers.map(({ url }) => url), servers, stop };
}

async function agrees(server: RedisServer): Promise<boolean> {
  const info = await server.command("CLUSTER", "INFO");
  return (
    info.includes("cluster_state:ok") &&
    info.includes(`cluster_slots_ok:${slotCount}`) &&
    info.includes(`cluster_known_nodes:${clusterSize}`)
  );
}

async function answers(server: RedisServer, child: Bun.Subprocess): Promise<void> {
  await until("Redis to answer", async () => {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`);
    return (await server.command("PING")) === "PONG";
  });
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + startWithinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${startWithinMs} ms in vain for ${what}.`);
    await Bun.sleep(lookAgainMs);
  }
}

async function run(words: readonly string[]): Promise<string> {
  const child = Bun.spawn([...words], { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  return (await new Response(child.stdout).text()).trim();
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  listener.stop(true);
  return listener.port;
}

function ensureRedis(): string {
  const found = findRedis();
  if (found) return found;
  if (process.getuid?.() === 0 && Bun.which("apt-get")) {
    console.log("There is no Redis here: installing one.");
    install();
  }
  const installed = findRedis();
  if (installed) return installed;
  throw new Error("There is no redis-server and it could not be installed. Install Redis 7 or later.");
}

function findRedis(): string | null {
  return Bun.which("redis-cli") && Bun.which("redis-server");
}

/** The package brings a service of its own, which must not start. */
function install(): void {
  const ownPolicy = !existsSync(startPolicy);
  if (ownPolicy) writeFileSync(startPolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const words of [["update"], ["install", "-y", "--no-install-recommends", debianPackage]]) {
      const options = { env, stdin: "ignore", stdout: "ignore", stderr: "inherit" } as const;
      const { exitCode } = Bun.spawnSync(["apt-get", ...words], options);
      if (exitCode !== 0) console.error(`apt-get ${words[0]} ended with ${exitCode}.`);
    }
  } finally {
    if (ownPolicy) rmSync(startPolicy);
  }
}
