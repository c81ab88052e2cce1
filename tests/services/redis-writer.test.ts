/** A gateway and a writer over a Redis that is killed, emptied and hangs up at random: the store ends up with each event once. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openRedis } from "#adapters/redis/open.ts";
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import type { LogSpan, MessageLog } from "#domain/ports/index.ts";
import { sampleAuthor, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { freshStores } from "#tests/support/test-database.ts";
import { until } from "#tests/support/wait.ts";
import { startWriter } from "#writer/writer.ts";
import { type RedisServer, startRedis } from "../../scripts/services/redis.ts";
import { range } from "./redis-world.ts";

const testLimitMs = 120_000;
const eventCount = 3_000;

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
}, testLimitMs);

afterAll(() => server.stop());

/** A log that acks at once, as Kafka does long before anything is stored. */
function createQuickLog(): MessageLog & { readonly dead: LoggedEvent[]; stop(): void } {
  const queue: LoggedEvent[] = [];
  const dead: LoggedEvent[] = [];
  let stopped = false;
  let from = 0;
  return {
    dead,
    stop: () => {
      stopped = true;
    },
    append: async (event) => void queue.push(event),
    deadLetter: async (event) => void dead.push(event),
    async consume(handler) {
      const working = (async () => {
        while (!stopped) {
          const batch = queue.slice(0, 50);
          const endSeenAt = batch.length === queue.length ? performance.now() : undefined;
          const span = { partition: "events/0", from, to: from + batch.length, endSeenAt };
          if (batch.length > 0) await handler(batch, span);
          queue.splice(0, batch.length);
          from = span.to;
          await Bun.sleep(1);
        }
      })();
      return { stop: () => working };
    },
  };
}

test(
  "every acked event is stored once; the newest epoch has no holes; no offset is given twice",
  async () => {
    const { stores } = await freshStores();
    await stores.users.create(sampleAuthor, undefined);
    const written: EventRun[] = [];
    const events = {
      ...stores.events,
      async write(runs: readonly EventRun[], span?: LogSpan) {
        await Bun.sleep(Math.random() * 3);
        await stores.events.write(runs, span);
        written.push(...runs);
      },
    };
    const redis = await openRedis({ url: server.url, head: events.head });
    const log = createQuickLog();
    const writer = await startWriter({ log, stream: redis.stream, events }, { firstPauseMs: 5 });
    const rooms = [sampleRoom(), sampleRoom(), sampleRoom()];
    for (const [at, id] of rooms.entries()) {
      const { id: createdBy } = sampleAuthor;
      const names = { slug: `room-${at}`, name: `Room ${at}`, visibility: "public" as const };
      const made = { createdBy, createdAt: new Date().toISOString(), epoch: await redis.stream.newEpoch(id) };
      await stores.rooms.create({ id, ...names, ...made });
    }

    const breakages = [
      () => server.flush(),
      () => server.command("CLIENT", "KILL", "TYPE", "normal"),
      () => server.command("CLIENT", "KILL", "TYPE", "pubsub"),
      async () => {
        server.kill("SIGKILL");
        await server.start();
      },
    ];
    const acked: LoggedEvent[] = [];
    const sending: Promise<unknown>[] = [];
    for (let sent = 0; sent < eventCount; sent++) {
      const event = samplePost(rooms[sent % rooms.length]!, `message ${sent}`);
      await log.append(event);
      acked.push(event);
      sending.push(redis.stream.publishAhead(event).catch(() => undefined));
      if (sent % 10 === 0) await Bun.sleep(1);
      if (sent % 250 === 125) await breakages[Math.floor(sent / 250) % breakages.length]!();
    }
    await Promise.all(sending);
    const all = (room: (typeof rooms)[number]) => events.events(room, { limit: eventCount * 2 });
    const stored = async () => (await Promise.all(rooms.map(all))).flat();
    await until(async () => (await stored()).length >= eventCount, { what: "everything stored", deadlineMs: 60_000 });
    log.stop();
    await writer.close();
    await redis.close();

    expect(log.dead).toEqual([]);
    expect((await stored()).map(({ id }) => id).sort()).toEqual(acked.map(({ id }) => id).sort());
    for (const room of rooms) {
      const runs = written.filter((run) => run.room === room);
      const newest = (await events.head(room))!.epoch;
      const offsets = runs
        .filter(({ epoch }) => epoch === newest)
        .flatMap((run) => run.events.map((one) => one.offset));
      const unique = [...new Set(offsets)].sort((a, b) => a - b);
      expect(unique).toEqual(range(unique[0]!, unique.at(-1)!));
      expect(new Set(runs.map(({ epoch }) => epoch)).size).toBeGreaterThan(3);
    }
  },
  testLimitMs,
);
