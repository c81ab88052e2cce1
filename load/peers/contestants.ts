/**
 * Who is measured side by side: each as two servers with a Redis between them, one that is listened to and one that is posted to. A peer's
 * server is what its documentation shows, in its default settings.
 */
import { join } from "node:path";
import { ensureGoProgram } from "../../scripts/services/go.ts";
import type { RedisServer } from "../../scripts/services/redis.ts";
import type { TestCluster } from "../../tests/support/cluster.ts";
import { startChild } from "../child.ts";
import { centrifugeDialect } from "../dialects.ts";
import { type OneGateway, openPlace, startGatewaysAnew } from "../place.ts";
import type { Protocol } from "../post-socket.ts";
import { cpuSeconds, treeCpuSeconds } from "../process-usage.ts";
import type { Dialect } from "../swarm.ts";
import { centrifugoFolder, centrifugoTokens, ensureCentrifugo, startCentrifugo } from "./centrifugo.ts";
import { ensurePeerPackages, findNode, versions } from "./packages.ts";
import { plainDialect, socketIoDialect } from "./protocols.ts";

export interface Contestant {
  readonly name: string;
  /** What it is, with versions. */
  readonly made: string;
  readonly first: Pick<OneGateway, "port" | "pid">;
  readonly second: Pick<OneGateway, "url" | "pid">;
  readonly protocol: Protocol;
  readonly tokens: readonly string[];
  /** One of these is busy at a time. */
  readonly rooms: readonly string[];
  /** @param rooms one is taken after the other */
  dialect(rooms: readonly string[]): Dialect;
  /** CPU-seconds of everything that a message goes through. */
  allCpuSeconds(): Promise<number>;
}

const people = 20;

export async function superchat(cluster: TestCluster, rooms: number): Promise<Contestant> {
  const place = await startGatewaysAnew(cluster, await openPlace(cluster, { people, rooms }));
  return {
    name: "Superchat",
    made: `Bun ${Bun.version}`,
    ...place,
    protocol: "centrifuge",
    dialect: dialectOf(place.tokens),
    async allCpuSeconds() {
      const processes = await cluster.processes();
      return processes.reduce((sum, { pid }) => sum + treeCpuSeconds(pid), 0);
    },
  };
}

function dialectOf(tokens: readonly string[]): Contestant["dialect"] {
  return (rooms) =>
    centrifugeDialect(
      rooms.map((room) => ({ room })),
      tokens,
    );
}

interface Peer extends Pick<Contestant, "name" | "made" | "protocol" | "dialect"> {
  readonly start: () => Promise<AsyncDisposable & Pick<OneGateway, "port" | "pid">>;
  readonly tokens?: readonly string[];
}

const goServer = join(import.meta.dir, "go-server");

export interface Peers extends AsyncDisposable {
  readonly all: readonly Contestant[];
}

export async function startPeers(redis: RedisServer, rooms: number): Promise<Peers> {
  const node = findNode();
  const folder = await ensurePeerPackages();
  const program = await ensureGoProgram(goServer);
  const centrifugo = await ensureCentrifugo();
  const tokens = await centrifugoTokens(people);
  const started = new AsyncDisposableStack();
  const pair = async (peer: Peer): Promise<Contestant> => {
    const [first, second] = [started.use(await peer.start()), started.use(await peer.start())];
    return {
      tokens: [""],
      ...peer,
      first,
      second: { url: `http://127.0.0.1:${second.port}`, pid: second.pid },
      rooms: Array.from({ length: rooms }, () => Bun.randomUUIDv7()),
      allCpuSeconds: async () => [first.pid, second.pid, redis.pid ?? 0].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    };
  };
  const child = (command: readonly string[]) => () => startChild<never, never>(command.join(" "), { command });
  const onNode = (script: string) => child([node.path, join(import.meta.dir, script), folder, redis.url]);
  const adapter = versions["@socket.io/redis-streams-adapter"];
  return {
    all: [
      await pair({
        name: "Centrifugo",
        made: await modulesOf(centrifugoFolder),
        start: () => startCentrifugo(centrifugo, redis.url),
        protocol: "centrifugo",
        tokens,
        dialect: dialectOf(tokens),
      }),
      await pair({
        name: "socket.io",
        made: `${versions["socket.io"]}, Redis streams adapter ${adapter}, redis ${versions.redis}, Node ${node.version}`,
        start: onNode("socket-io-server.mjs"),
        protocol: "socket.io",
        dialect: socketIoDialect,
      }),
      await pair({
        name: "ws",
        made: `${versions.ws}, redis ${versions.redis}, Node ${node.version}`,
        start: onNode("ws-server.mjs"),
        protocol: "plain",
        dialect: plainDialect,
      }),
      await pair({
        name: "Go",
        made: await modulesOf(goServer),
        start: child([program, redis.url]),
        protocol: "plain",
        dialect: plainDialect,
      }),
    ],
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Those that it names itself. */
async function modulesOf(folder: string): Promise<string> {
  const text = await Bun.file(join(folder, "go.mod")).text();
  const named = [...text.matchAll(/^(?:\t|require )(\S+ v\S+)$/gm)].map(([, module]) => module);
  return named.join(", ");
}
