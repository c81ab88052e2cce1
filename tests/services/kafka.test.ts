/** The message log on a real Kafka: its port's promises, where readers go on, and what a topic may hold. Kills are in kafka-faults. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { partitionsConsumedConcurrently } from "#adapters/kafka/consumer.ts";
import { reasonHeader, sourceHeader } from "#adapters/kafka/dead-letters.ts";
import { encodeEvent } from "#adapters/kafka/record.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { LogSpan } from "#domain/ports/index.ts";
import { messageLogSuite } from "../contract/message-log.suite.ts";
import { samplePost, samplePosts, sampleRoom } from "../contract/samples.ts";
import { until } from "../support/wait.ts";
import { idsOf } from "./kafka-load.ts";
import { createPositionStore, type KafkaWorld, uniqueTopic, useKafkaWorld } from "./kafka-world.ts";

setDefaultTimeout(60_000);

let world: KafkaWorld;
const unhandled = useKafkaWorld((opened) => {
  world = opened;
});

messageLogSuite("kafka", () => world.open(), { acksAfterHandling: false });

/** Enough that no partition of twelve is without a room. */
const manyRooms = 250;

const troublesOf = (type: string, about: string) =>
  world.troubles.filter((trouble) => {
    const error = "error" in trouble ? String(trouble.error) : "";
    return trouble.type === type && `${JSON.stringify(trouble)} ${error}`.includes(about);
  });

test("a record is the event under its room, with its version and its request", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, requestId: () => "request-7" });
  const event = samplePost(sampleRoom(), "hello");
  await log.append(event);
  const [record] = await world.readAll(topic);
  expect(record).toMatchObject({ key: event.room, headers: { "superchat-version": "1", "request-id": "request-7" } });
  expect(JSON.parse(record?.text ?? "")).toEqual(event);
});

test("a reader goes on where its store is, not where its group was, though nothing new comes", async () => {
  const [topic, groupId] = [uniqueTopic(), uniqueTopic()];
  const { log } = await world.open({ topic, groupId, partitions: 1 });
  const events = samplePosts(sampleRoom(), 20);
  await Promise.all(events.map((event) => log.append(event)));
  const first = createPositionStore();
  const reader = await log.consume(first.write, { positions: first.read });
  await until(() => first.events.length === 20, { what: "the first reading" });
  await reader.stop();

  const restored = createPositionStore();
  restored.positions.set(`${topic}/0`, 13);
  const again = await log.consume(restored.write, { positions: restored.read });
  await until(() => restored.events.length === 7, { what: "what the store lacks" });
  await again.stop();
  expect(idsOf(restored.events)).toEqual(idsOf(events.slice(13)));

  const empty = createPositionStore();
  const anew = await log.consume(empty.write, { positions: empty.read });
  await until(() => empty.events.length === 20, { what: "everything" });
  await anew.stop();
  expect(idsOf(empty.events)).toEqual(idsOf(events));
});

test("while a batch is in hand others of other partitions come, a few, and none of its own", async () => {
  const { log } = await world.open();
  const rooms = Array.from({ length: manyRooms }, sampleRoom);
  const events = rooms.flatMap((room) => samplePosts(room, 10));
  await Promise.all(events.map((event) => log.append(event)));
  const store = createPositionStore();
  const inHand: string[] = [];
  let most = 0;
  const reader = await log.consume(
    async (batch, span) => {
      const partition = span?.partition ?? "";
      expect(inHand).not.toContain(partition);
      inHand.push(partition);
      most = Math.max(most, inHand.length);
      // The first one ends only when it has company.
      await until(() => most > 1, { what: "another partition's batch" });
      await store.write(batch, span);
      inHand.splice(inHand.indexOf(partition), 1);
    },
    { positions: store.read },
  );
  await until(() => store.events.length === events.length, { what: "everything", deadlineMs: 30_000 });
  await reader.stop();
  expect(most).toBeLessThanOrEqual(partitionsConsumedConcurrently);
  for (const room of rooms) expect(store.of(room)).toEqual(idsOf(events.filter((event) => event.room === room)));
});

test("a batch says when the log ended with it, never later than that was so", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, partitions: 1 });
  const room = sampleRoom();
  await Promise.all(samplePosts(room, 1_500).map((event) => log.append(event)));
  const spans: (LogSpan & { readonly handedAt: number })[] = [];
  const store = createPositionStore();
  const hold = Promise.withResolvers<void>();
  const reader = await log.consume(
    async (events, span) => {
      spans.push({ ...span!, handedAt: performance.now() });
      if (span!.to === 1_500) await hold.promise;
      await store.write(events, span);
    },
    { positions: store.read },
  );
  await until(() => spans.at(-1)?.to === 1_500, { what: "the first end" });
  for (const { to, endSeenAt } of spans) expect(endSeenAt !== undefined).toBe(to === 1_500);
  const appendedAt = performance.now();
  await log.append(samplePost(room, "one more"));
  expect(spans.at(-1)!.endSeenAt).toBeLessThan(appendedAt);
  hold.resolve();
  await until(() => spans.at(-1)?.to === 1_501, { what: "the next end" });
  expect(spans.at(-1)!.endSeenAt).toBeGreaterThan(appendedAt);
  expect(spans.at(-1)!.endSeenAt).toBeLessThanOrEqual(spans.at(-1)!.handedAt);
  await reader.stop();
});

test("readers without positions go on where their group was", async () => {
  const { log } = await world.open({ partitions: 1 });
  const events = samplePosts(sampleRoom(), 10);
  const got: LoggedEvent[] = [];
  for (const part of [events.slice(0, 4), events.slice(4)]) {
    for (const event of part) await log.append(event);
    const reader = await log.consume(async (batch) => void got.push(...batch));
    await until(() => got.length >= events.indexOf(part.at(-1)!) + 1, { what: "this part" });
    await reader.stop();
  }
  expect(idsOf(got)).toEqual(idsOf(events));
});

test("two readers of a group share the partitions; when one leaves the other takes over, and all is stored once", async () => {
  const [topic, groupId] = [uniqueTopic(), uniqueTopic()];
  const opened = [await world.open({ topic, groupId }), await world.open({ topic, groupId })];
  const store = createPositionStore();
  const readBy = [new Set<string>(), new Set<string>()];
  const read = (index: number) =>
    opened[index]!.log.consume(
      async (events, span) => {
        await store.write(events, span);
        readBy[index]!.add(span!.partition);
      },
      { positions: store.read },
    );
  const sent = new Map(Array.from({ length: manyRooms }, () => [sampleRoom(), [] as LoggedEvent[]]));
  let sending = true;
  const senders = [...sent].map(async ([room, events], index) => {
    while (sending) {
      const event = samplePost(room, `message ${events.length}`);
      events.push(event);
      await opened[index % 2]!.log.append(event);
      await Bun.sleep(100);
    }
  });
  const first = await read(0);
  await until(() => readBy[0]!.size === 12, { what: "the first reader has them all" });
  const second = await read(1);
  await until(() => readBy[1]!.size === 6, { what: "the second reader has its half" });
  await first.stop();
  await until(() => readBy[1]!.size === 12, { what: "the second reader has them all" });
  sending = false;
  await Promise.all(senders);
  const count = [...sent.values()].flat().length;
  await until(() => store.events.length >= count, { what: "all stored" });
  await second.stop();
  expect(store.events).toHaveLength(count);
  for (const [room, events] of sent) expect(store.of(room)).toEqual(idsOf(events));
});

test("a batch that fails is given again from where the store is, and the other partitions go on", async () => {
  const { log } = await world.open();
  const rooms = Array.from({ length: manyRooms }, sampleRoom);
  const [stuck] = rooms;
  const store = createPositionStore();
  let failing = true;
  store.fault = (events) =>
    failing && events.some(({ room }) => room === stuck) ? new Error("not this one") : undefined;
  const sent = rooms.map((room) => samplePosts(room, 3));
  await Promise.all(sent.flat().map((event) => log.append(event)));
  const reader = await log.consume(store.write, { positions: store.read });
  await until(() => store.positions.size === 11, { what: "the others" });
  expect(store.of(stuck!)).toEqual([]);
  failing = false;
  await until(() => store.events.length === 3 * manyRooms, { what: "the rest" });
  await reader.stop();
  for (const events of sent) expect(store.of(events[0]!.room)).toEqual(idsOf(events));
});

test("a reader whose store moved without it goes on from there: what another writer stored is not stored again", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, partitions: 1 });
  const store = createPositionStore();
  const reader = await log.consume(store.write, { positions: store.read });
  const room = sampleRoom();
  await log.append(samplePost(room, "first"));
  await until(() => store.events.length === 1, { what: "the first" });
  const events = samplePosts(room, 5);
  // Another writer, which believes it owns the partition, stores the next three.
  store.fault = () => {
    store.fault = () => undefined;
    store.positions.set(`${topic}/0`, 4);
    return undefined;
  };
  await Promise.all(events.map((event) => log.append(event)));
  await until(() => store.positions.get(`${topic}/0`) === 6, { what: "the rest" });
  await reader.stop();
  expect(idsOf(store.events.slice(1))).toEqual(idsOf(events.slice(3)));
  expect(troublesOf("batch-failed", `fenced: ${topic}`)).toHaveLength(1);
});

test("what is no event goes to the dead letters with its reason, and the partition moves on", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, partitions: 1 });
  const [one, two, three] = samplePosts(sampleRoom(), 3);
  const record = (event: LoggedEvent) => ({ ...encodeEvent(event), headers: { "superchat-version": "1" } });
  const garbage = [
    { key: one!.room, value: "{ broken", headers: { "superchat-version": "1" } },
    { key: "x", value: null },
    { key: Buffer.from([0xff, 0xfe]), value: Buffer.from([0xff, 0, 1]) },
    { value: "x".repeat(800_000) },
    { ...record(one!), key: sampleRoom() },
  ];
  await world.send(topic, [record(one!), ...garbage, record(two!)]);
  const store = createPositionStore();
  const reader = await log.consume(store.write, { positions: store.read });
  await until(() => store.events.length === 2, { what: "the good ones" });
  await world.send(topic, garbage.slice(0, 2));
  await until(() => store.positions.get(`${topic}/0`) === 9, { what: "the position behind garbage alone" });
  await world.send(topic, [record(three!)]);
  await until(() => store.events.length === 3, { what: "the last good one" });
  await log.deadLetter(three!, new Error("the store refuses it"));
  await reader.stop();

  expect(idsOf(store.events)).toEqual(idsOf([one!, two!, three!]));
  const letters = await world.readAll(`${topic}.dead-letters`);
  expect(letters.map(({ headers }) => headers[sourceHeader])).toEqual([
    ...[1, 2, 3, 4, 5, 7, 8].map((offset) => `${topic}/0/${offset}`),
    undefined,
  ]);
  expect(letters.map(({ headers }) => headers[reasonHeader])).toEqual([
    "This is no event: it is not JSON.",
    ...Array(3).fill('This is no event: its level is "".'),
    "This is no event: its key is not its room.",
    "This is no event: it is not JSON.",
    'This is no event: its level is "".',
    "the store refuses it",
  ]);
  expect(letters[0]!.text).toBe("{ broken");
  expect(letters[3]).toMatchObject({ headers: { "superchat-truncated-bytes": "800000" } });
  expect(letters[3]!.text).toHaveLength(512 * 1024);
  expect(JSON.parse(letters.at(-1)!.text)).toEqual(three!);
  expect(troublesOf("record-refused", topic)).toHaveLength(7);
});

test("a log that was cut off before its reader came, or is shorter than the reader knows, is told and read on", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, partitions: 1 });
  const events = samplePosts(sampleRoom(), 10);
  for (const event of events) await log.append(event);
  const admin = world.client.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "4" }] });
  await admin.disconnect();
  for (const position of [2, 500]) {
    const store = createPositionStore();
    store.positions.set(`${topic}/0`, position);
    const reader = await log.consume(store.write, { positions: store.read });
    await until(() => store.events.length === 6, { what: `reading from ${position}` });
    await reader.stop();
    expect(store.spans).toEqual([{ partition: `${topic}/0`, from: position, to: 10 }]);
    expect(troublesOf("gap", topic)).toContainEqual({
      type: "gap",
      partition: `${topic}/0`,
      expected: position,
      found: 4,
    });
  }
});

test("closing waits for what was appended", async () => {
  const topic = uniqueTopic();
  const kafka = await world.open({ topic });
  const events = samplePosts(sampleRoom(), 2_500);
  const appends = Promise.all(events.map((event) => kafka.log.append(event)));
  await kafka.close();
  await appends;
  const ids = (await world.readAll(topic)).map(({ text }) => JSON.parse(text).id);
  expect(ids).toEqual(idsOf(events));
  await expect(kafka.log.append(samplePost(sampleRoom(), "late"))).rejects.toMatchObject({ code: "unavailable" });
});

test("topics are made as configured, by whoever comes first, and never with another number of partitions", async () => {
  const topic = uniqueTopic();
  const options = { topic, partitions: 3, retentionMs: 86_400_000, retentionBytes: 1_000_000_000 };
  await Promise.all([world.open(options), world.open(options), world.open(options)]);
  const admin = world.client.admin();
  await admin.connect();
  const asked = {
    type: 2,
    name: topic,
    configNames: ["retention.ms", "retention.bytes", "segment.ms", "cleanup.policy", "flush.messages"],
  };
  const { resources } = await admin.describeConfigs({ resources: [asked], includeSynonyms: false });
  await admin.disconnect();
  const values = resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]);
  expect(Object.fromEntries(values)).toEqual({
    "retention.ms": "86400000",
    "retention.bytes": "1000000000",
    "segment.ms": "86400000",
    "cleanup.policy": "delete",
    "flush.messages": "1",
  });
  await expect(world.open({ topic, partitions: 4 })).rejects.toThrow(`${topic} has 3 partitions, and 4 are configured`);
});

test("an event that is larger than any send is refused alone", async () => {
  const { log } = await world.open();
  const room = sampleRoom();
  const settled = await Promise.allSettled(
    [samplePost(room, "a"), samplePost(room, "x".repeat(1_000_000)), samplePost(room, "b")].map((event) =>
      log.append(event),
    ),
  );
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(settled[1]).toMatchObject({ reason: { code: "too-large" } });
});

test("nothing was rejected without being heard", () => {
  expect(unhandled).toEqual([]);
});
