/**
 * Whether the sums about growing are right: three gateways with thousands of sockets in many rooms, sizes and rates after Zipf's law.
 * What each process should spend follows from what each thing costs, weighed before; then it is measured.
 */
import { startCluster } from "../tests/support/cluster.ts";
import { cpuOf, gatewayLoad, type Rooms, zipfSizes } from "./arithmetic.ts";
import { arrived } from "./delivering.ts";
import { centrifugeDialect } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { needsTable } from "./needs.ts";
import { observe, type Spent } from "./observing.ts";
import { openPlace, type Place, startGatewaysAnew } from "./place.ts";
import { startPoster } from "./posting.ts";
import { residentMiB } from "./process-usage.ts";
import { type Dialect, openSwarm, type Swarm } from "./swarm.ts";
import { batchesOf, post, processOf, services, type Weighed, type Weighing, weigh } from "./unit-costs.ts";

const gateways = 3;
const sockets = 3_000;
const roomCount = 100;
const people = 6;
const perSecond = 120;
const seconds = 20;
const silent = 4_000;
const settleMs = 5_000;

export async function measureGrowing(): Promise<readonly Figure[]> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await startCluster({ gateways, writers: 1, env: { LOG_LEVEL: "error" } }));
  const place = await startGatewaysAnew(cluster, await openPlace(cluster, { people, rooms: roomCount }));
  const posters = [];
  for (let n = 0; n < gateways; n++) posters.push(stack.use(await startPoster()));
  const weighing = { cluster, place, posters, perSecond };
  const costs = await weigh(weighing);
  console.log(JSON.stringify(costs, undefined, 2));
  const memory = await measureMemory(place, costs);
  const simulated = await simulate(weighing, costs);
  console.log(`\n${needsTable([100_000, 1_000_000], costs)}`);
  return [...simulated, memory].flatMap(figuresOf);
}

/** Another gateway, another number. */
async function measureMemory(place: Place, costs: Weighed): Promise<Compared> {
  const { port, pid } = place.second;
  const swarm = await openSwarm({ port, size: silent, dialect: dialectOf(place, place.rooms) });
  await Bun.sleep(settleMs);
  const measured = residentMiB(pid);
  swarm.close();
  const predicted = costs.gatewayMiB + (silent * costs.connectionKiB) / 1_024;
  return {
    what: `memory of a gateway with ${silent.toLocaleString("en")} silent sockets`,
    predicted,
    measured,
    unit: "MiB",
  };
}

async function simulate(weighing: Weighing, costs: Weighed): Promise<readonly Compared[]> {
  const { cluster, place } = weighing;
  const sizes = zipfSizes(sockets, roomCount);
  // Who is in a room posts there, so its rate goes by its size.
  const rates = sizes.map((size) => (perSecond * size) / sockets);
  const local = place.gateways.map((_, at) => sizes.map((size) => Math.floor((size + at) / gateways)));
  const swarms: Swarm[] = [];
  for (const [at, gateway] of place.gateways.entries()) {
    const rooms = (local[at] ?? []).flatMap((size, room) =>
      Array.from({ length: size }, () => place.rooms[room] ?? ""),
    );
    swarms.push(await openSwarm({ port: gateway.port, size: rooms.length, dialect: dialectOf(place, rooms) }));
  }
  const messages = inRandomOrder(
    sizes.flatMap((size, room) => Array.from({ length: size }, () => place.rooms[room] ?? "")),
  );
  const delivered = () => swarms.reduce((sum, swarm) => sum + swarm.delivered(), 0);
  const count = perSecond * seconds;
  const due = messages.slice(0, count).reduce((sum, room) => sum + (sizes[place.rooms.indexOf(room)] ?? 0), 0);
  let missing: readonly string[] = [];
  const spent = await observe(cluster, async () => {
    await post(weighing, place.gateways, messages.slice(0, count), perSecond, seconds);
    missing = await arrived({ delivered }, due);
  });
  const troubles = [...missing, ...swarms.flatMap((swarm) => swarm.troubles)];
  for (const swarm of swarms) swarm.close();
  if (troubles.length > 0) throw new Error(`not as it should be: ${troubles.join("; ")}`);
  const rooms = (of: readonly number[]): readonly Rooms[] =>
    of.flatMap((online, room) => (online > 0 ? [{ rooms: 1, online, perSecond: rates[room] ?? 0 }] : []));
  return compare(place, costs, { here: local.map(rooms), spent });
}

interface Seen {
  /** At each gateway. */
  readonly here: readonly (readonly Rooms[])[];
  readonly spent: Spent;
}

function compare(place: Place, costs: Weighed, { here, spent }: Seen): readonly Compared[] {
  // What is posted in `seconds` takes a little longer to be stored: only being there goes on meanwhile.
  const load = (at: number) => {
    const each = gatewayLoad(here[at] ?? [], perSecond / gateways);
    return {
      ...each,
      idleSecond: spent.seconds / seconds,
      silentSecond: (each.silentSecond * spent.seconds) / seconds,
    };
  };
  const taken = here.reduce((sum, rooms) => sum + rooms.reduce((so, each) => so + each.perSecond, 0), 0) * seconds;
  const message = perSecond * seconds;
  const batches = batchesOf(spent);
  const row = (what: string, predicted: number, measured: number, unit: string) => ({
    what,
    predicted,
    measured,
    unit,
  });
  const frames = here.reduce((sum, _, at) => sum + load(at).write, 0) * seconds;
  return [
    ...place.gateways.map(({ name }, at) =>
      row(`CPU of ${name}`, cpuOf(load(at), costs.gatewayAtRate) * seconds, spent.cpu(name), "CPU-s"),
    ),
    ...services.map((name) => {
      const work = { idleSecond: spent.seconds, batch: batches[name], message, take: taken };
      const predicted = cpuOf(work, costs.apart[name]);
      return row(`CPU of ${name}, given its batches`, predicted, spent.cpu(processOf[name]), "CPU-s");
    }),
    row("frames to sockets", frames, spent.frames, ""),
  ];
}

interface Compared {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
  readonly unit: string;
}

function figuresOf({ what, predicted, measured, unit }: Compared): readonly Figure[] {
  return [
    { what: `${what}: predicted`, value: predicted, unit },
    { what: `${what}: measured`, value: measured, unit },
    { what: `${what}: predicted : measured`, value: predicted / measured, unit: "" },
  ];
}

function dialectOf(place: Place, rooms: readonly string[]): Dialect {
  return centrifugeDialect(
    rooms.map((room) => ({ room })),
    place.tokens,
  );
}

/** The same order every time. */
function inRandomOrder<T>(items: readonly T[]): readonly T[] {
  let state = 1;
  const keyed = items.map((item) => {
    state = (state * 48_271) % 2_147_483_647;
    return { item, key: state };
  });
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}
