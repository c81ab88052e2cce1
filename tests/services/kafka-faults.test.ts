/** What the log promises while its broker is killed, stopped, frozen or away: acked is kept, once, in order, in bounded memory. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { sessionTimeoutMs } from "#adapters/kafka/consumer.ts";
import { openKafka } from "#adapters/kafka/open.ts";
import { isChatError } from "#domain/errors.ts";
import { samplePost, samplePosts, sampleRoom } from "../contract/samples.ts";
import { until } from "../support/wait.ts";
import { expectKeptOnce, idsOf, startWriting } from "./kafka-load.ts";
import { createPositionStore, type KafkaWorld, uniqueTopic, useKafkaWorld } from "./kafka-world.ts";

setDefaultTimeout(120_000);

let world: KafkaWorld;
const unhandled = useKafkaWorld((opened) => {
  world = opened;
});

const stillMs = 1_000;

const blows: [string, (world: KafkaWorld) => Promise<void>][] = [
  ["killed with -9", ({ service }) => service.kill("SIGKILL")],
  ["stopped with SIGTERM", ({ service }) => service.kill("SIGTERM")],
];

test.each(blows)(
  "a broker %s under load, twice: everything acked is in the log and the store once, in order",
  async (_, blow) => {
    const topic = uniqueTopic();
    const { log } = await world.open({ topic, limits: { appendDeadlineMs: 90_000 } });
    const store = createPositionStore();
    const reader = await log.consume(store.write, { positions: store.read });
    const writing = startWriting(log.append);
    for (let round = 1; round <= 2; round++) {
      const before = writing.acked.size;
      await until(() => writing.acked.size > before + 600, { what: "load", deadlineMs: 60_000 });
      await blow(world);
      await Bun.sleep(stillMs);
      await world.service.start();
    }
    const before = writing.acked.size;
    await until(() => writing.acked.size > before + 500, { what: "load after the last start", deadlineMs: 60_000 });
    await writing.stop();
    await until(() => store.events.length >= writing.acked.size, { what: "all stored", deadlineMs: 30_000 });
    await reader.stop();
    await expectKeptOnce(writing, world, topic, store);
    expect(world.troubles.filter(({ type }) => type === "gap")).toEqual([]);
  },
);

test("a broker frozen for longer than a request may take, under load: acked is kept once, in order", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, limits: { appendDeadlineMs: 90_000 } });
  // Little enough to be held while nothing answers.
  const writing = startWriting(log.append, 24, 60);
  await until(() => writing.acked.size > 500, { what: "load" });
  process.kill(world.service.pid!, "SIGSTOP");
  await Bun.sleep(13_000);
  process.kill(world.service.pid!, "SIGCONT");
  const before = writing.acked.size;
  await until(() => writing.acked.size > before + 500, { what: "load after the thaw", deadlineMs: 60_000 });
  await writing.stop();
  await expectKeptOnce(writing, world, topic);
});

test("while the broker is away memory is bounded, more is refused at once, and what was taken is sent when it is back", async () => {
  const topic = uniqueTopic();
  const { log, ready } = await world.open({ topic, limits: { appendDeadlineMs: 90_000 } });
  await log.append(samplePost(sampleRoom(), "warm"));
  await world.service.kill("SIGKILL");
  await expect(ready()).rejects.toMatchObject({ code: "unavailable" });
  const room = sampleRoom();
  const taken = samplePosts(room, 10_000);
  const appends = taken.map((event) => log.append(event));
  await until(() => log.held().records === 10_000, { what: "a full queue" });
  Bun.gc(true);
  const bytesBefore = process.memoryUsage().heapUsed;
  for (let round = 0; round < 100; round++) {
    const over = await Promise.allSettled(samplePosts(room, 1_000).map((event) => log.append(event)));
    for (const one of over)
      if (one.status === "fulfilled" || !isChatError(one.reason, "unavailable")) throw new Error("It was not refused.");
  }
  Bun.gc(true);
  expect(process.memoryUsage().heapUsed - bytesBefore).toBeLessThan(32 * 1024 * 1024);
  expect(log.held()).toMatchObject({ records: 10_000 });
  await world.service.start();
  await Promise.all(appends);
  await ready();
  const ids = (await world.readAll(topic)).map(({ text }) => JSON.parse(text));
  expect(idsOf(ids.filter((event) => event.room === room))).toEqual(idsOf(taken));
});

test("an append that can't be stored in time is refused as unavailable and never falsely acked; sent again it is one event", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, limits: { appendDeadlineMs: 1_000 } });
  const event = samplePost(sampleRoom(), "patience");
  await log.append(samplePost(sampleRoom(), "warm"));
  await world.service.kill("SIGKILL");
  await expect(log.append(event)).rejects.toMatchObject({ code: "unavailable" });
  await world.service.start();
  await until(() => log.append(event).then(() => true), { what: "the second attempt", deadlineMs: 30_000 });
  const found = (await world.readAll(topic)).filter(({ text }) => JSON.parse(text).id === event.id);
  // The first attempt may have become durable, too: readers know it by its id.
  expect(found.length).toBeOneOf([1, 2]);
});

test("a store that is away for longer than a session costs no membership, and nothing is given twice", async () => {
  const groupId = uniqueTopic();
  const { log } = await world.open({ groupId, partitions: 3 });
  const store = createPositionStore();
  let handed = 0;
  const gate = Promise.withResolvers<void>();
  const reader = await log.consume(
    async (events, span) => {
      handed += events.length;
      await gate.promise;
      await store.write(events, span);
    },
    { positions: store.read },
  );
  const events = samplePosts(sampleRoom(), 10);
  await Promise.all(events.map((event) => log.append(event)));
  await until(() => handed > 0, { what: "a batch in hand" });
  const members = await membersOf(groupId);
  expect(members).toHaveLength(1);
  await Bun.sleep(sessionTimeoutMs + 2_000);
  gate.resolve();
  await until(() => store.events.length === events.length, { what: "all stored" });
  await log.append(samplePost(sampleRoom(), "afterwards"));
  await until(() => store.events.length === events.length + 1, { what: "the next", deadlineMs: 3_000 });
  expect(await membersOf(groupId)).toEqual(members);
  await reader.stop();
  expect(handed).toBe(events.length + 1);
});

async function membersOf(groupId: string): Promise<readonly string[]> {
  const admin = world.client.admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([groupId]);
  await admin.disconnect();
  return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
}

test("a reader that stops while the broker is away finishes its batch and stops in time", async () => {
  const { log } = await world.open();
  const store = createPositionStore();
  const gate = Promise.withResolvers<void>();
  let inHand = false;
  const reader = await log.consume(
    async (events, span) => {
      inHand = true;
      await gate.promise;
      await store.write(events, span);
    },
    { positions: store.read },
  );
  await log.append(samplePost(sampleRoom(), "in hand"));
  await until(() => inHand, { what: "a batch in hand" });
  await world.service.kill("SIGKILL");
  setTimeout(gate.resolve, 300);
  const startedAt = performance.now();
  await reader.stop();
  expect(store.events).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(12_000);
  await world.service.start();
});

test("a program that starts before its broker waits for it, and gives up with the reason", async () => {
  await world.service.kill("SIGTERM");
  const { brokers } = world;
  const late = openKafka({ brokers, topic: uniqueTopic(), groupId: "g", startWithinMs: 1_000 });
  await expect(late).rejects.toThrow(/connect|ECONNREFUSED/i);
  const opening = world.open();
  await world.service.start();
  const { log } = await opening;
  await log.append(samplePost(sampleRoom(), "at last"));
});

test("nothing was rejected without being heard", () => {
  expect(unhandled).toEqual([]);
});
