/** A real Redis Cluster for tests: three masters that share the slots, each with a replica if wanted. */
import { freePort } from "./ports.ts";
import { type RedisServer, startRedis } from "./redis.ts";

const masters = 3;
const slotCount = 16_384;
const agreeWithinMs = 15_000;
const lookAgainMs = 25;
/** A server that is silent for this long is taken for gone. */
const nodeTimeoutMs = 2_000;

export interface RedisCluster extends AsyncDisposable {
  /** Of all servers. */
  readonly urls: readonly string[];
  /** Those that have the slots at the start, in the order of the slots. */
  readonly servers: readonly RedisServer[];
  /** Of each of them one, in the same order; none if not wanted. */
  readonly replicas: readonly RedisServer[];
  stop(): Promise<void>;
}

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

export interface RedisClusterOptions {
  /** One for each master, which takes over when that is gone. */
  readonly replicas?: boolean;
}

/** Slots of a server that is down do not take the others with them. */
export async function startRedisCluster({ replicas = false }: RedisClusterOptions = {}): Promise<RedisCluster> {
  const nodes: Node[] = [];
  const stop = async () => void (await Promise.all(nodes.map(({ server }) => server.stop())));
  try {
    const wanted = replicas ? 2 * masters : masters;
    while (nodes.length < wanted) nodes.push(await startNode());
    const servers = nodes.map(({ server }) => server);
    for (const [at, server] of servers.slice(0, masters).entries()) {
      const [from, to] = [at, at + 1].map((part) => Math.floor((slotCount * part) / masters)) as [number, number];
      await server.command("CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to - 1}`);
    }
    await join(nodes);
    for (const [at, server] of servers.slice(masters).entries()) {
      const id = await servers[at]?.command("CLUSTER", "MYID");
      const replicate = async () => (await server.command("CLUSTER", "REPLICATE", id ?? "")) === "OK";
      await until("a replica to know its master", replicate);
      await until("a replica to be in step", async () =>
        (await server.command("INFO", "replication")).includes("master_link_status:up"),
      );
    }
    for (const server of servers) await until("the cluster to agree", () => agrees(server, wanted));
    const [urls, own] = [servers.map(({ url }) => url), servers.slice(0, masters)];
    return { urls, servers: own, replicas: servers.slice(masters), stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNode(): Promise<Node> {
  const busPort = freePort();
  const cluster = {
    enabled: "yes",
    "require-full-coverage": "no",
    "node-timeout": `${nodeTimeoutMs}`,
    port: `${busPort}`,
  };
  const settings = Object.entries(cluster).flatMap(([name, value]) => [`--cluster-${name}`, value]);
  return { server: await startRedis({ settings: [...settings, "--repl-diskless-sync-delay", "0"] }), busPort };
}

async function join(nodes: readonly Node[]): Promise<void> {
  const [first] = nodes;
  for (const [at, { server }] of nodes.entries()) {
    await server.command("CLUSTER", "SET-CONFIG-EPOCH", `${at + 1}`);
    if (first !== undefined && at > 0)
      await server.command("CLUSTER", "MEET", "127.0.0.1", `${first.server.port}`, `${first.busPort}`);
  }
}

async function agrees(server: RedisServer, known: number): Promise<boolean> {
  const info = await server.command("CLUSTER", "INFO");
  return ["state:ok", `slots_ok:${slotCount}`, `known_nodes:${known}`].every((part) =>
    info.includes(`cluster_${part}`),
  );
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + agreeWithinMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited ${agreeWithinMs} ms in vain for ${what}.`);
    await Bun.sleep(lookAgainMs);
  }
}
