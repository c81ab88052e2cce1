import { expect, test } from "bun:test";
import type { EachBatchPayload, Kafka } from "kafkajs";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { type ConsumerOptions, startConsumer } from "./consumer.ts";
import { encodeEvent } from "./record.ts";

/** Brokers with one partition, given to whoever joins; `deliver` hands over one record. */
function fakeKafka() {
  const listeners = new Map<string, (event: unknown) => void>();
  let take: (payload: EachBatchPayload) => Promise<void> = async () => undefined;
  const placed = Promise.withResolvers<void>();
  let left = 0;
  const nothing = async () => undefined;
  const consumer = {
    events: { GROUP_JOIN: "join", CRASH: "crash" },
    on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
    connect: nothing,
    subscribe: nothing,
    commitOffsets: nothing,
    pause: () => undefined,
    seek: () => undefined,
    resume: placed.resolve,
    async run({ eachBatch }: { eachBatch: typeof take }) {
      take = eachBatch;
      listeners.get("join")?.({ payload: { memberAssignment: { chat: [0] } } });
    },
    async disconnect() {
      left += 1;
    },
  };
  const { key, value, headers } = encodeEvent(samplePost(sampleRoom(), "in hand"));
  const message = { key: Buffer.from(key), value, headers, offset: "0" };
  const payload = {
    batch: { partition: 0, messages: [message], highWatermark: "1" },
    heartbeat: nothing,
    isRunning: () => true,
    isStale: () => false,
    resolveOffset: () => undefined,
  };
  return {
    create: () => ({ consumer: () => consumer }) as unknown as Kafka,
    async deliver() {
      await placed.promise;
      await take(payload as unknown as EachBatchPayload);
    },
    crash: () => listeners.get("crash")?.({ payload: { restart: false, error: new Error("gone") } }),
    left: () => left,
  };
}

async function startWithBatch() {
  const kafka = fakeKafka();
  const inHand = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const ended: string[] = [];
  const consumer = await startConsumer(kafka.create, {
    topic: "chat",
    groupId: "writers",
    positions: async () => 0,
    levels: { mayExist: async () => false },
    behind: new Map(),
    report: () => undefined,
    deadLetters: { put: async () => undefined } as unknown as ConsumerOptions["deadLetters"],
    async handler() {
      inHand.resolve();
      await done.promise;
      ended.push("batch");
    },
  });
  void kafka.deliver();
  await inHand.promise;
  return { kafka, consumer, done, ended };
}

test("whoever stops a reader that is stopping already waits for the batch in hand as well", async () => {
  const { kafka, consumer, done, ended } = await startWithBatch();
  const stops = ["first", "second"].map((name) => consumer.stop().then(() => ended.push(name)));
  await Bun.sleep(0);
  expect(ended).toEqual([]);
  done.resolve();
  await Promise.all(stops);
  expect(ended).toEqual(["batch", "first", "second"]);
  expect(kafka.left()).toBe(1);
});

test("so does whoever stops one that is leaving after a failure", async () => {
  const { kafka, consumer, done, ended } = await startWithBatch();
  kafka.crash();
  const stop = consumer.stop().then(() => ended.push("stop"));
  await Bun.sleep(0);
  expect(ended).toEqual([]);
  done.resolve();
  await stop;
  expect(ended).toEqual(["batch", "stop"]);
});
