/**
 * A gateway dies with five thousand programs. While they are away each of their rooms goes on by a hundred messages; then all of them come
 * to the other gateway at once, with their positions. Each checks that it is given exactly what it missed. Other rooms on
 * that gateway are busy meanwhile. Since the crowd has no machine of its own, the same crowd comes to a bare server first: what that does to those
 * rooms, whose gateway has no part in it, is not the gateway's doing.
 */
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import type { BareStorm } from "./bare-resumer.ts";
import { type Bystanders, openBystanders } from "./bystanders.ts";
import { startChild } from "./child.ts";
import { centrifugeDialect, type Place as InRoom } from "./dialects.ts";
import { eventLike } from "./fan-out.ts";
import type { Figure } from "./figure.ts";
import { type Look, lookAt } from "./meter.ts";
import { openPlace, type Place } from "./place.ts";
import { cpuSeconds, treeCpuSeconds } from "./process-usage.ts";
import { type Dialect, openSwarm } from "./swarm.ts";
import { openLoadSocket } from "./transport.ts";
import type { Watched } from "./watcher.ts";

const clients = 5_000;
const people = 20;
const rooms = 50;
const missed = 100;
const otherRooms = 5;
/** Clients of the protocol come back at a random moment within half a second when they try for the first time. */
const spreadMs = 500;
/** As long as each storm is listened to, so that as many messages count. */
const calmSeconds = 15;
const stormSeconds = 15;
const textLength = 300;
/** What was looked at and closed before has no part in what follows. */
const settleSeconds = 3;

export async function measureStorm(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  const place = await openPlace(cluster, { people, rooms: rooms + otherRooms });
  const [others, stormy] = [place.rooms.slice(0, otherRooms), place.rooms.slice(otherRooms)];
  const { first, second, tokens } = place;
  await using bystanders = await openBystanders(place, others);
  await bystanders.chat(calmSeconds);
  const calm = await bystanders.heard();

  const before = centrifugeDialect(
    stormy.map((room) => ({ room })),
    tokens,
  );
  const lost = await openSwarm({ port: first.port, size: clients, dialect: before });
  const from = await positions(place, stormy);
  lost.close();
  await cluster.kill(first.name);
  await postEach(place, stormy, missed);

  const bare = await startChild<BareStorm, number>("bare-resumer.ts");
  const [whence] = from;
  if (whence?.from === undefined) throw new Error("There is no room to come back to.");
  await bare.ask({ like: eventLike(place.owner, whence.room), from: whence.from, missed, textLength });
  const everywhere = from.map(() => whence);
  const control = await comeBack(cluster, bystanders, {
    port: bare.port,
    dialect: centrifugeDialect(everywhere, tokens),
  });
  await bare[Symbol.asyncDispose]();

  const storm = { port: second.port, dialect: centrifugeDialect(from, tokens) };
  const back = await comeBack(cluster, bystanders, storm);
  const { looked, after } = back;
  const newest = Math.max(...from.map(({ from: at }) => (at?.offset ?? 0) + missed));
  if (back.behindMost < newest) throw new Error(`somebody is at ${back.behindMost} of ${newest}`);
  const heard = [
    ["before", calm],
    [`in ${stormSeconds} s from when as many come to a bare server`, control.meanwhile],
    [`in ${stormSeconds} s from the storm on`, back.meanwhile],
  ] as const;
  return [
    {
      what: `${clients.toLocaleString("en")} came back, ${missed} messages missed each, in`,
      value: back.seconds,
      unit: "s",
    },
    ...[...back.cpu].map(([name, value]) => ({ what: `CPU-seconds of ${name} until then`, value, unit: "CPU-s" })),
    {
      what: `calls of Redis in ${settleSeconds + stormSeconds} s`,
      value: after.redisCalls - looked.redisCalls,
      unit: "",
    },
    {
      what: `transactions of Postgres in ${settleSeconds + stormSeconds} s, the writer's too`,
      value: after.transactions - looked.transactions,
      unit: "",
    },
    ...heard.flatMap(([when, { p50, p99 }]) => [
      { what: `other rooms' p50 ${when}`, value: p50, unit: "ms" },
      { what: `other rooms' p99 ${when}`, value: p99, unit: "ms" },
    ]),
    { what: "other rooms' p99 in the storm : before", value: back.meanwhile.p99 / calm.p99, unit: "" },
    {
      what: "other rooms' p99 in the storm : while as many come to a bare server",
      value: back.meanwhile.p99 / control.meanwhile.p99,
      unit: "",
    },
  ];
}

interface CameBack {
  readonly seconds: number;
  /** CPU-seconds until then, by the name of the process. */
  readonly cpu: ReadonlyMap<string, number>;
  /** A while before they came, and after all that was listened to: looking takes a moment of the gateway's. */
  readonly looked: Look;
  readonly after: Look;
  /** The offset of whoever has least. */
  readonly behindMost: number;
  /** What the bystanders heard from when the crowd came. */
  readonly meanwhile: Watched;
}

/** All of them at once. @throws Error when somebody is not given what it missed, or a bystander misses something */
async function comeBack(
  cluster: TestCluster,
  bystanders: Bystanders,
  { port, dialect }: { readonly port: number; readonly dialect: Dialect },
): Promise<CameBack> {
  const looked = await lookAt(cluster);
  await bystanders.chat(settleSeconds);
  await bystanders.heard();
  const chatting = bystanders.chat(stormSeconds);
  const [began, cpu] = [performance.now(), await cpuOf(cluster)];
  const crowd = await openSwarm({ port, size: clients, dialect, opensAtOnce: clients, spreadMs });
  const seconds = (performance.now() - began) / 1_000;
  const spent = [...(await cpuOf(cluster))].map(([name, now]) => [name, now - (cpu.get(name) ?? 0)] as const);
  await chatting;
  const meanwhile = await bystanders.heard();
  const after = await lookAt(cluster);
  const troubles = [...crowd.troubles, ...meanwhile.troubles];
  const behindMost = crowd.behindMost();
  crowd.close();
  if (troubles.length > 0) throw new Error(`not as it should be: ${troubles.join("; ")}`);
  return { seconds, cpu: new Map(spent.filter(([, value]) => value > 0)), looked, after, behindMost, meanwhile };
}

async function cpuOf(cluster: TestCluster): Promise<ReadonlyMap<string, number>> {
  const all = (await cluster.processes()).map(({ name, pid }) => [name, treeCpuSeconds(pid)] as const);
  return new Map([...all, ["the crowd", cpuSeconds(process.pid)]]);
}

async function positions({ owner }: Place, ids: readonly string[]): Promise<readonly InRoom[]> {
  return await Promise.all(
    ids.map(async (room) => {
      const { body } = await owner.get(`/rooms/${room}`);
      return { room, from: { epoch: body.room.epoch, offset: body.room.offset } };
    }),
  );
}

async function postEach({ owner, second }: Place, ids: readonly string[], times: number): Promise<void> {
  const socket = await openLoadSocket({ url: second.url, token: owner.token });
  for (let n = 0; n < times; n++) await Promise.all(ids.map((room) => socket.post(room, "x".repeat(textLength))));
  socket.close();
}
