/**
 * Fan-out: what a gateway delivers per CPU-second to the members of one busy room, posts coming from the other gateway, beside a bare Bun
 * server that publishes the same frames to as many sockets in the same run. Every offset of every socket is counted.
 */
import type { RoomEvent } from "../domain/events.ts";
import type { ApiPerson } from "../tests/support/api-person.ts";
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import { until } from "../tests/support/wait.ts";
import type { BareRun } from "./bare-server.ts";
import { type Child, startChild } from "./child.ts";
import { bareDialect, centrifugeDialect, pageDialect } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { openPlace } from "./place.ts";
import type { Posted, PosterRun } from "./poster.ts";
import { cpuSeconds, percentile } from "./process-usage.ts";
import { type Dialect, openSwarm, type Swarm } from "./swarm.ts";

const allWork = ["1000x20", "1000x200", "5000x10", "5000x40", "5000x200"];
const seconds = Number(process.env.SECONDS) || 10;
const warmSeconds = 2;
const people = 20;
/** Everything is there so long after the last was sent, or counts as lost. */
const arrivesWithinMs = 20_000;
const bareTicksMs = 10;

interface Run {
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export async function measureFanOut(): Promise<readonly Figure[]> {
  const asked = process.env.WORK?.split(",") ?? allWork;
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  await using poster = await startChild<PosterRun, Posted>("poster.ts");
  const figures: Figure[] = [];
  for (const work of asked) {
    const [members = 0, perSecond = 0] = work.split("x").map(Number);
    figures.push(...(await measureWork(cluster, poster, members, perSecond)));
  }
  return figures;
}

async function measureWork(
  cluster: TestCluster,
  poster: Child<PosterRun, Posted>,
  members: number,
  perSecond: number,
): Promise<readonly Figure[]> {
  const place = await openPlace(cluster, { people, rooms: 1 });
  const [room = ""] = place.rooms;
  const like = eventLike(place.owner, room);
  const bare = async (ticksMs: number) => {
    await using server = await startChild<BareRun, number>("bare-server.ts");
    const send = (forSeconds: number) => server.ask({ perSecond, seconds: forSeconds, ticksMs, like });
    return await timed({ port: server.port, pid: server.pid, members, dialect: bareDialect, perSecond, send });
  };
  const product = async (dialect: Dialect) => {
    const post = async (forSeconds: number) => {
      const { second, owner } = place;
      const { failed } = await poster.ask({
        url: second.url,
        token: owner.token,
        rooms: [room],
        perSecond,
        seconds: forSeconds,
      });
      if (failed > 0) throw new Error(`${failed} messages were refused`);
    };
    return await timed({ ...place.first, members, dialect, perSecond, send: post });
  };
  const atOnce = await bare(0);
  const inTicks = await bare(bareTicksMs);
  const programs = await product(centrifugeDialect([{ room }], place.tokens));
  const pages = await product(pageDialect(room, place.tokens, cluster.url));
  const how = `${members.toLocaleString("en")} × ${perSecond}/s`;
  const of = (what: string, { perCpuSecond, p50, p99 }: Run): readonly Figure[] => [
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

/** What the bare server sends instead. */
function eventLike({ id, name }: ApiPerson, room: string): RoomEvent {
  const head = { id: Bun.randomUUIDv7(), room, author: { id, name }, at: new Date().toISOString() };
  return { ...head, type: "message.posted", text: "", mentions: [], offset: 0 } as unknown as RoomEvent;
}

interface Timing {
  readonly port: number;
  readonly pid: number;
  readonly members: number;
  readonly dialect: Dialect;
  readonly perSecond: number;
  readonly send: (seconds: number) => Promise<unknown>;
}

async function timed({ port, pid, members, dialect, perSecond, send }: Timing): Promise<Run> {
  const swarm = await openSwarm({ port, size: members, dialect });
  try {
    await send(warmSeconds);
    await arrived(swarm, members * perSecond * warmSeconds);
    swarm.delays.length = 0;
    const before = cpuSeconds(pid);
    await send(seconds);
    await arrived(swarm, members * perSecond * (warmSeconds + seconds));
    const cpu = cpuSeconds(pid) - before;
    if (swarm.troubles.length > 0) throw new Error(`not as it should be: ${swarm.troubles.join("; ")}`);
    return {
      perCpuSecond: (members * perSecond * seconds) / cpu,
      p50: percentile(swarm.delays, 0.5),
      p99: percentile(swarm.delays, 0.99),
    };
  } finally {
    swarm.close();
  }
}

async function arrived(swarm: Swarm, count: number): Promise<void> {
  const what = () =>
    `every message at every socket (${swarm.delivered()} of ${count} are; ${swarm.troubles.join("; ")})`;
  await until(() => swarm.delivered() >= count, { deadlineMs: arrivesWithinMs, what: what() });
}
