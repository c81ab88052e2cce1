/**
 * A gateway dies with five thousand programs. While they are away each of their rooms goes on by a hundred messages; then all of them come
 * to the other gateway at once, with their positions. Each checks that it is given exactly what it missed. Other rooms on
 * that gateway are busy meanwhile.
 */
import { startCluster } from "../tests/support/cluster.ts";
import { openBystanders } from "./bystanders.ts";
import { centrifugeDialect, type Place as InRoom } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { lookAt } from "./meter.ts";
import { openPlace, type Place } from "./place.ts";
import { cpuSeconds } from "./process-usage.ts";
import { openSwarm } from "./swarm.ts";
import { openLoadSocket } from "./transport.ts";

const clients = 5_000;
const people = 20;
const rooms = 50;
const missed = 100;
const otherRooms = 5;
/** Clients of the protocol come back at a random moment within half a second when they try for the first time. */
const spreadMs = 500;
const calmSeconds = 8;
const stormSeconds = 15;

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

  await bystanders.heard();
  const chatting = bystanders.chat(stormSeconds);
  const looked = await lookAt(cluster);
  const cpu = cpuSeconds(second.pid);
  const began = performance.now();
  const dialect = centrifugeDialect(from, tokens);
  const back = await openSwarm({ port: second.port, size: clients, dialect, opensAtOnce: clients, spreadMs });
  const seconds = (performance.now() - began) / 1_000;
  const spent = cpuSeconds(second.pid) - cpu;
  const after = await lookAt(cluster);
  await chatting;
  const meanwhile = await bystanders.heard();
  const troubles = [...back.troubles, ...meanwhile.troubles];
  const newest = Math.max(...from.map(({ from: at }) => (at?.offset ?? 0) + missed));
  if (back.behindMost() < newest) troubles.push(`somebody is at ${back.behindMost()} of ${newest}`);
  back.close();
  if (troubles.length > 0) throw new Error(`not as it should be: ${troubles.join("; ")}`);
  return [
    {
      what: `${clients.toLocaleString("en")} came back, ${missed} messages missed each, in`,
      value: seconds,
      unit: "s",
    },
    { what: "CPU-seconds of the gateway", value: spent, unit: "CPU-s" },
    { what: "calls of Redis", value: after.redisCalls - looked.redisCalls, unit: "" },
    { what: "transactions of Postgres, the writer's too", value: after.transactions - looked.transactions, unit: "" },
    { what: "other rooms' p50 before", value: calm.p50, unit: "ms" },
    { what: "other rooms' p99 before", value: calm.p99, unit: "ms" },
    { what: `other rooms' p50 in the ${stormSeconds} s from the storm on`, value: meanwhile.p50, unit: "ms" },
    { what: `other rooms' p99 in the ${stormSeconds} s from the storm on`, value: meanwhile.p99, unit: "ms" },
  ];
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
  for (let n = 0; n < times; n++) await Promise.all(ids.map((room) => socket.post(room, "x".repeat(300))));
  socket.close();
}
