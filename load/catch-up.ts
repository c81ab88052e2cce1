/**
 * Catching up: the writer is off while gateways go on, a million events gather in the log, and the writer starts again. How fast
 * it reads, and what live chat feels of it. EVENTS takes another number.
 */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import { until } from "../tests/support/wait.ts";
import { fillLog } from "./backlog.ts";
import type { Figure } from "./figure.ts";
import { cpuBetween, databaseUrl, lookAt } from "./meter.ts";
import { sendPaced } from "./paced.ts";
import { percentile, treeResidentMiB } from "./process-usage.ts";
import { openLoadSocket } from "./transport.ts";

const defaultEvents = 1_000_000;
const roomCount = 60;
/** Live chat meanwhile, in rooms of its own, from one gateway to the other. */
const liveRate = 100;
const liveSeconds = 15;
const madeAtOnce = 20_000;
const caughtUpWithinMs = 900_000;
const text = "The quick brown fox jumps over the lazy dog. ".repeat(10).slice(0, 300);

export async function measureCatchUp(): Promise<readonly Figure[]> {
  const eventCount = Number(process.env.EVENTS ?? defaultEvents);
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  const ana = await signUpPerson(cluster.url);
  const rooms = await roomsOf(ana, roomCount);
  const live = await openLiveChat(cluster, ana);
  await live.measure(1);
  const before = await live.measure(liveSeconds);

  await cluster.kill("writer-1", "SIGTERM");
  await fillBeside(cluster, ana, rooms, eventCount);
  const away = await live.measure(liveSeconds);

  await cluster.start("writer-1");
  const [from, first] = [performance.now(), await lookAt(cluster)];
  const during: number[] = [];
  let seconds = 0;
  while (seconds === 0) {
    during.push(...(await live.measure(1)));
    if (await hasCaughtUp(cluster)) seconds = (performance.now() - from) / 1_000;
    if (performance.now() - from > caughtUpWithinMs) throw new Error("The writer did not catch up.");
  }
  const last = await lookAt(cluster);
  const after = await live.measure(liveSeconds);
  live.close();
  const [writer] = await cluster.processes("writer");
  return [
    { what: `the writer catches up ${eventCount.toLocaleString("en")} events in`, value: seconds, unit: "s" },
    { what: "that is, beside live chat", value: eventCount / seconds, unit: "/s" },
    ...delays("before", before),
    ...delays("with the writer off", away),
    ...delays("while it catches up", during),
    ...delays("afterwards", after),
    { what: "live p99 meanwhile : before", value: percentile(during, 0.99) / percentile(before, 0.99), unit: "×" },
    {
      what: "live p99 meanwhile : before and afterwards",
      value: percentile(during, 0.99) / percentile([...before, ...after], 0.99),
      unit: "×",
    },
    { what: "memory of the writer afterwards", value: treeResidentMiB(writer?.pid ?? 0), unit: "MiB" },
    ...cpuBetween(first, last, "events caught up", eventCount),
  ];
}

function delays(when: string, samples: readonly number[]): readonly Figure[] {
  return [
    {
      what: `live chat ${when}, send to the other gateway's subscriber, p50`,
      value: percentile(samples, 0.5),
      unit: "ms",
    },
    { what: `live chat ${when}, p99`, value: percentile(samples, 0.99), unit: "ms" },
  ];
}

async function roomsOf(who: ApiPerson, count: number): Promise<readonly RoomId[]> {
  const rooms: RoomId[] = [];
  while (rooms.length < count) rooms.push((await who.createRoom(freshName("backlog"))).id as RoomId);
  return rooms;
}

async function openLiveChat(cluster: TestCluster, who: ApiPerson) {
  const [first, second] = (await cluster.processes("gateway")).map(({ port }) => `http://127.0.0.1:${port}`);
  const { id: room } = await who.createRoom(freshName("live"));
  let heard: number[] = [];
  const follow = { room, heard: (said: string) => void heard.push(performance.now() - Number(said.split(" ")[0])) };
  const sender = await openLoadSocket({ url: first ?? "", token: who.token });
  const reader = await openLoadSocket({ url: second ?? "", token: who.token, follow });
  return {
    /** @returns from each send to when the reader had it, in milliseconds */
    async measure(seconds: number): Promise<readonly number[]> {
      heard = [];
      const { acked } = await sendPaced(liveRate, seconds, () => sender.post(room, `${performance.now()} ${text}`));
      await until(() => heard.length >= acked, { what: "every message to be heard" });
      return heard;
    },
    close() {
      sender.close();
      reader.close();
    },
  };
}

/** As gateways would have: appended, and published, so that everybody saw them. */
async function fillBeside(
  cluster: TestCluster,
  who: ApiPerson,
  rooms: readonly RoomId[],
  count: number,
): Promise<void> {
  const portOf = async (role: string) => (await cluster.processes(role))[0]?.port;
  const settings = readClusterSettings({
    DATABASE_URL: await databaseUrl(cluster),
    REDIS_URL: `redis://127.0.0.1:${await portOf("redis")}`,
    KAFKA_BROKERS: `127.0.0.1:${await portOf("kafka")}`,
    KAFKA_TOPIC: "room-events",
  });
  const ports = await openCluster(settings, { limits: false, clientId: "load", role: "tool", report: () => undefined });
  const author = { id: who.id as UserId, name: who.name };
  try {
    for (let made = 0; made < count; made += madeAtOnce) {
      const at = new Date().toISOString();
      const part = Array.from({ length: Math.min(madeAtOnce, count - made) }, (_, n): LoggedEvent => {
        const head = { id: Bun.randomUUIDv7() as EventId, room: rooms[n % rooms.length] as RoomId, author, at };
        return { ...head, type: "message.posted", text, mentions: [] };
      });
      await fillLog(ports, part, true);
    }
  } finally {
    await ports.close();
  }
}

async function hasCaughtUp(cluster: TestCluster): Promise<boolean> {
  const { samples } = await lookAt(cluster);
  // Before its first fetch it does not know how far behind it is.
  return (
    (samples.get("superchat_writer_stored_events_total") ?? 0) > 0 &&
    (samples.get("superchat_log_behind_events") ?? 1) < liveRate
  );
}
