/**
 * What each thing costs a cluster: one kind of work after the other, weighed against each other. `arithmetic.ts` and `needs.ts`
 * calculate with it.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TestCluster } from "../tests/support/cluster.ts";
import type { GatewayCosts, GatewayLoad } from "./arithmetic.ts";
import { centrifugeDialect } from "./dialects.ts";
import { costsOf, type Sum } from "./least-squares.ts";
import { databaseUrl } from "./meter.ts";
import type { Costs } from "./needs.ts";
import { observe, type Spent } from "./observing.ts";
import type { OneGateway, Place } from "./place.ts";
import { type Poster, postsOf } from "./posting.ts";
import { residentMiB } from "./process-usage.ts";
import { openSwarm } from "./swarm.ts";

const idleSeconds = 10;
const silentSeconds = 25;
const warmSeconds = 4;
const postSeconds = 10;
const silent = 8_000;
const members = 1_000;
const alonePerSecond = 10;
const togetherPerSecond = 100;
/** Nearly what a hundred thousand say by the profile of needs.ts. */
const fastPerSecond = 500;

export interface Weighing {
  readonly cluster: TestCluster;
  readonly place: Place;
  /** One for each gateway. */
  readonly posters: readonly Poster[];
  /** Messages of all rooms together. */
  readonly perSecond: number;
}

/** @param seconds for so long, to each of these gateways its share */
export async function post(
  { place, posters }: Weighing,
  to: readonly OneGateway[],
  rooms: readonly string[],
  perSecond: number,
  seconds: number,
): Promise<void> {
  const { token } = place.owner;
  const share = perSecond / to.length;
  const each = to.map(async ({ url }, n) => {
    const own = rooms.filter((_, at) => at % to.length === n);
    const poster = posters[n];
    if (poster === undefined) throw new Error("There are fewer posters than gateways.");
    await postsOf(poster, { url, token, rooms: own.length > 0 ? own : rooms, perSecond: share })(seconds);
  });
  await Promise.all(each);
}

const gatewayThings = ["idleSecond", "silentSecond", "send", "take", "write", "delivery"] as const;

/** Of a service: what it does by itself, for each thing that it is asked at once, and for each message in that. */
type ServiceThing = "idleSecond" | "batch" | "message" | "take";
export const services = ["redis", "writer", "kafka", "postgres"] as const;
export type Service = (typeof services)[number];

export interface Weighed extends Costs {
  /** At the rate that was asked for; the others are as at a fast one. */
  readonly gatewayAtRate: GatewayCosts;
  /** With their batches apart. */
  readonly apart: Readonly<Record<Service, Readonly<Record<ServiceThing, number>>>>;
}

/** How often each service was asked. */
export function batchesOf({ redisCalls, writerBatches, logBatches }: Spent): Readonly<Record<Service, number>> {
  return { redis: redisCalls, writer: writerBatches, kafka: logBatches, postgres: writerBatches };
}

export const processOf = { redis: "redis", writer: "writer-1", kafka: "kafka", postgres: "postgres" } as const;

export async function weigh(weighing: Weighing): Promise<Weighed> {
  const { cluster, place, perSecond } = weighing;
  const { gateways, first, rooms, tokens } = place;
  const open = ({ port }: OneGateway, size: number, of: readonly string[]) => {
    const places = of.map((room) => ({ room }));
    return openSwarm({ port, size, dialect: centrifugeDialect(places, tokens) });
  };
  // At either rate, at the rate that is asked for, and at the fast one.
  const both: Sum<keyof GatewayCosts>[] = [];
  const slowly: Sum<keyof GatewayCosts>[] = [];
  const fastly: Sum<keyof GatewayCosts>[] = [];
  const onServices = new Map(services.map((name) => [name, [] as Sum<ServiceThing>[]]));
  const noteGateways = (
    rows: Sum<keyof GatewayCosts>[],
    { seconds, cpu }: Spent,
    on: (gateway: OneGateway) => Partial<GatewayLoad>,
  ) => {
    for (const gateway of gateways)
      rows.push({ of: { idleSecond: seconds, ...on(gateway) }, cost: cpu(gateway.name) * 1e6 });
  };
  const noteServices = (spent: Spent, message: number, take: number) => {
    for (const [name, sums] of onServices) {
      const batch = batchesOf(spent)[name];
      const of = { idleSecond: spent.seconds, batch, message, ...(name === "redis" && { take }) };
      sums.push({ of, cost: spent.cpu(processOf[name]) * 1e6 });
    }
  };

  const fresh = residentMiB(first.pid);
  const idle = await observe(cluster, () => Bun.sleep(idleSeconds * 1_000));
  noteGateways(both, idle, () => ({}));
  noteServices(idle, 0, 0);

  const crowd = await open(first, silent, rooms);
  const still = await observe(cluster, () => Bun.sleep(silentSeconds * 1_000));
  const filled = residentMiB(first.pid);
  crowd.close();
  noteGateways(both, still, (gateway) => (gateway === first ? { silentSecond: silent * still.seconds } : {}));

  // One in each room at each gateway, then nobody anywhere. Nothing that is measured from here on is the first of its kind.
  const few = await Promise.all(gateways.map((gateway) => open(gateway, rooms.length, rooms)));
  await post(weighing, gateways, rooms, fastPerSecond, warmSeconds);
  const atRate = async (rate: number, followed: boolean) => {
    const count = rate * postSeconds;
    const spent = await observe(cluster, () => post(weighing, gateways, rooms, rate, postSeconds));
    const taken = { take: count, write: spent.frames / gateways.length, delivery: count };
    const of = { send: count / gateways.length, ...(followed && taken) };
    noteGateways(rate === fastPerSecond ? fastly : slowly, spent, () => of);
    noteServices(spent, count, followed ? count * gateways.length : 0);
    return spent;
  };
  await atRate(fastPerSecond, true);
  await atRate(perSecond, true);
  for (const swarm of few) swarm.close();
  await atRate(perSecond, false);
  const kept = await keptBytes(cluster);
  const hurried = await atRate(fastPerSecond, false);
  const grown = await keptBytes(cluster);
  const fast = fastPerSecond * postSeconds;

  // Many in one room, whose messages leave alone, then together. For services they are another thing than those of many rooms.
  const one = rooms.slice(0, 1);
  const many = await open(first, members, one);
  for (const rate of [alonePerSecond, togetherPerSecond]) {
    const all = rate * postSeconds;
    const to = gateways.slice(1, 2);
    const spent = await observe(cluster, () => post(weighing, to, one, rate, postSeconds));
    const load = { take: all, write: spent.frames, delivery: all * members };
    noteGateways(both, spent, (gateway) => (gateway === first ? load : { send: to.includes(gateway) ? all : 0 }));
  }
  many.close();

  const apart = Object.fromEntries(
    [...onServices].map(([name, sums]) => [name, costsOf(["idleSecond", "batch", "message", "take"], sums)]),
  ) as Weighed["apart"];
  const message = (name: Service) => apart[name].message + (apart[name].batch * batchesOf(hurried)[name]) / fast;
  const { idleSecond, take } = apart.redis;
  // Of calls that tell of many connections at once: not a batch like the others.
  const silentSecond = Math.max(0, still.cpu("redis") * 1e6 - idleSecond * still.seconds) / (silent * still.seconds);
  return {
    gateway: costsOf(gatewayThings, [...both, ...fastly]),
    gatewayAtRate: costsOf(gatewayThings, [...both, ...slowly]),
    services: {
      redis: { idleSecond, silentSecond, message: message("redis"), take },
      writer: message("writer"),
      kafka: message("kafka"),
      postgres: message("postgres"),
    },
    apart,
    gatewayMiB: fresh,
    connectionKiB: ((filled - fresh) * 1_024) / silent,
    postgresBytes: (grown.postgres - kept.postgres) / fast,
    kafkaBytes: (grown.kafka - kept.kafka) / fast,
    redisBytes: (grown.redis - kept.redis) / fast,
  };
}

/** By what keeps messages. */
async function keptBytes(cluster: TestCluster) {
  const sql = new Bun.SQL(await databaseUrl(cluster), { max: 1 });
  const [row] = await sql`select pg_database_size(current_database()) as bytes`;
  await sql.close();
  const [redis] = await cluster.processes("redis");
  const info = await Bun.$`redis-cli -p ${redis?.port} INFO memory`.text();
  return {
    postgres: Number(row?.bytes),
    kafka: await logBytes(join(cluster.folder, "kafka")),
    redis: Number(/^used_memory:(\d+)/m.exec(info)?.[1]),
  };
}

/** Segments of Kafka's topics. */
async function logBytes(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true })).filter((path) => /room-events-\d+\/\d+\.log$/.test(path));
  const sizes = await Promise.all(files.map(async (path) => (await stat(join(folder, path))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
