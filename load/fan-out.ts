/**
 * Fan-out: what a gateway delivers per CPU-second to the members of one busy room, posts coming from the other gateway, beside a bare Bun
 * server that publishes the same frames to as many sockets in the same run. Every offset of every socket is counted.
 */
import type { RoomEvent } from "../domain/events.ts";
import type { ApiPerson } from "../tests/support/api-person.ts";
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import type { BareRun } from "./bare-server.ts";
import { startChild } from "./child.ts";
import { type Delivered, deliverAll } from "./delivering.ts";
import { bareDialect, centrifugeDialect, pageDialect } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { openPlace, type Place } from "./place.ts";
import { type Poster, postsOf, startPoster } from "./posting.ts";
import type { Dialect } from "./swarm.ts";

const allWork = ["1000x20", "1000x200", "5000x10", "5000x40", "5000x200"];
const usualSeconds = Number(process.env.SECONDS) || 10;
const people = 20;
const bareTicksMs = 10;

export async function measureFanOut(): Promise<readonly Figure[]> {
  const asked = process.env.WORK?.split(",") ?? allWork;
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  await using poster = await startPoster();
  const figures: Figure[] = [];
  for (const work of asked) {
    const [members = 0, perSecond = 0] = work.split("x").map(Number);
    figures.push(...(await measureWork(cluster, poster, members, perSecond)));
  }
  return figures;
}

async function measureWork(
  cluster: TestCluster,
  poster: Poster,
  members: number,
  perSecond: number,
): Promise<readonly Figure[]> {
  const place = await openPlace(cluster, { people, rooms: 1 });
  const [room = ""] = place.rooms;
  const bare = (ticksMs: number) => bareDeliveries({ place, members, perSecond, seconds: usualSeconds, ticksMs });
  const product = async (dialect: Dialect) => {
    const { first, second, owner } = place;
    const send = postsOf(poster, { url: second.url, token: owner.token, rooms: [room], perSecond });
    return await deliverAll({ ...first, members, dialect, perSecond, seconds: usualSeconds, send });
  };
  const atOnce = await bare(0);
  const inTicks = await bare(bareTicksMs);
  const programs = await product(centrifugeDialect([{ room }], place.tokens));
  const pages = await product(pageDialect(room, place.tokens, place.first.url));
  const how = `${members.toLocaleString("en")} × ${perSecond}/s`;
  const of = (what: string, { perCpuSecond, p50, p99 }: Delivered): readonly Figure[] => [
    { what: `${how}: ${what}, deliveries per CPU-second`, value: perCpuSecond, unit: "/CPU-s" },
    { what: `${how}: ${what}, p50`, value: p50, unit: "ms" },
    { what: `${how}: ${what}, p99`, value: p99, unit: "ms" },
  ];
  return [
    ...of("bare Bun, each at once", atOnce),
    ...of(`bare Bun, ticks of ${bareTicksMs} ms`, inTicks),
    ...of("programs", programs),
    ...of("pages", pages),
    { what: `${how}: programs : bare Bun at once`, value: programs.perCpuSecond / atOnce.perCpuSecond, unit: "" },
    {
      what: `${how}: cost of a page's delivery : a program's`,
      value: programs.perCpuSecond / pages.perCpuSecond,
      unit: "",
    },
  ];
}

export interface BareWork {
  readonly place: Place;
  readonly members: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** 0: each at once. */
  readonly ticksMs: number;
}

/** What Bun's publishing delivers by itself, from a server of its own. */
export async function bareDeliveries({ place, members, perSecond, seconds, ticksMs }: BareWork): Promise<Delivered> {
  const like = eventLike(place.owner, place.rooms[0] ?? "");
  await using server = await startChild<BareRun, number>("bare-server.ts");
  const send = (forSeconds: number) => server.ask({ perSecond, seconds: forSeconds, ticksMs, like });
  const { port, pid } = server;
  return await deliverAll({ port, pid, members, dialect: bareDialect, perSecond, seconds, send });
}

/** What the bare server sends instead. */
export function eventLike({ id, name }: ApiPerson, room: string): RoomEvent {
  const head = { id: Bun.randomUUIDv7(), room, author: { id, name }, at: new Date().toISOString() };
  return { ...head, type: "message.posted", text: "", mentions: [], offset: 0 } as unknown as RoomEvent;
}
