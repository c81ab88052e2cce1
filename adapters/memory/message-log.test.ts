/** The limits of the memory log, and what stopping and failing handlers do to appends. */
import { expect, test } from "bun:test";
import { ChatError, unavailable } from "#domain/errors.ts";
import { eventually, samplePerson, samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { createMemoryLog, maxBatchEvents, maxQueuedEvents } from "./message-log.ts";

const room = sampleRoom();

test("a batch has at most its limit, and what gathers meanwhile is the next batch", async () => {
  const log = createMemoryLog();
  const sizes: number[] = [];
  await log.consume(async (batch) => void sizes.push(batch.length));
  await Promise.all(samplePosts(room, 2 * maxBatchEvents + 1).map((event) => log.append(event)));
  expect(sizes).toEqual([maxBatchEvents, maxBatchEvents, 1]);
});

test("appends made while a batch is in hand travel together", async () => {
  const log = createMemoryLog();
  const gate = Promise.withResolvers<void>();
  const sizes: number[] = [];
  await log.consume(async (batch) => {
    sizes.push(batch.length);
    await gate.promise;
  });
  const first = log.append(samplePost(room, "first"));
  await eventually("in hand", () => sizes.length === 1);
  const rest = samplePosts(room, 30).map((event) => log.append(event));
  gate.resolve();
  await Promise.all([first, ...rest]);
  expect(sizes).toEqual([1, 30]);
});

test("one append more than may wait is refused at once, and accepted again when there is room", async () => {
  const log = createMemoryLog();
  const waiting = samplePosts(room, maxQueuedEvents).map((event) => log.append(event));
  expect(log.queued()).toBe(maxQueuedEvents);
  await expect(log.append(samplePost(room, "too many"))).rejects.toMatchObject({ code: "unavailable" });
  await log.consume(async () => undefined);
  await Promise.all(waiting);
  await log.append(samplePost(room, "room again"));
});

test("an append that is not settled in time is refused, and its event may still be handled", async () => {
  const log = createMemoryLog({ appendDeadlineMs: 5 });
  const event = samplePost(room, "late");
  await expect(log.append(event)).rejects.toMatchObject({ code: "unavailable" });
  const got: unknown[] = [];
  const consumer = await log.consume(async (batch) => void got.push(...batch));
  await consumer.stop();
  expect(got).toEqual([event]);
});

test("a handler that throws fails its batch as unavailable, and the next one goes on", async () => {
  const log = createMemoryLog({ maxBatchEvents: 2 });
  let batches = 0;
  const away = unavailable("The store is away.");
  await log.consume(async () => {
    batches += 1;
    if (batches === 1) throw new Error("a bug");
    if (batches === 2) throw away;
  });
  const appends = await Promise.allSettled(samplePosts(room, 6).map((event) => log.append(event)));
  expect(appends.map((append) => append.status === "rejected" && append.reason.code)).toEqual([
    "unavailable",
    "unavailable",
    "unavailable",
    "unavailable",
    false,
    false,
  ]);
  expect(appends[0]).toMatchObject({ reason: { cause: new Error("a bug") } });
  expect(appends[2]).toMatchObject({ reason: away });
});

test("stopping drains what is queued; then appends are refused until there is a consumer again", async () => {
  const log = createMemoryLog({ maxBatchEvents: 3 });
  const got: unknown[] = [];
  const consumer = await log.consume(async (batch) => void got.push(...batch));
  const appends = samplePosts(room, 10).map((event) => log.append(event));
  const stopped = consumer.stop();
  await expect(log.append(samplePost(room, "late"))).rejects.toMatchObject({ code: "unavailable" });
  await stopped;
  await Promise.all(appends);
  expect(got).toHaveLength(10);
  await expect(log.append(samplePost(room, "late"))).rejects.toMatchObject({ code: "unavailable" });
  await consumer.stop();
  await log.consume(async () => undefined);
  await log.append(samplePost(room, "again"));
});

test("there is one consumer at a time", async () => {
  const log = createMemoryLog();
  await log.consume(async () => undefined);
  await expect(log.consume(async () => undefined)).rejects.toThrow("one consumer");
});

test("a dead letter refuses its append with the reason; another author's event of the same id is untouched", async () => {
  const log = createMemoryLog();
  const event = samplePost(room, "mine", { author: samplePerson("Ada") });
  const usurped = { ...event, author: samplePerson("Eve") };
  const broken = samplePost(room, "broken");
  await log.consume(async () => {
    await log.deadLetter(usurped, new ChatError("conflict", "Taken."));
    await log.deadLetter(broken, new TypeError("odd"));
  });
  const [mine, taken, odd] = await Promise.allSettled([event, usurped, broken].map((one) => log.append(one)));
  expect(mine?.status).toBe("fulfilled");
  expect(taken).toMatchObject({ reason: { code: "conflict" } });
  expect(odd).toMatchObject({ reason: { code: "unavailable", cause: new TypeError("odd") } });
});

test("the newest dead letters stay readable, up to the limit", async () => {
  const log = createMemoryLog({ maxDeadLetters: 3 });
  const events = samplePosts(room, 4);
  for (const event of events) await log.deadLetter(event, "why not");
  expect(log.deadLetters()).toEqual(events.slice(1).map((event) => ({ event, reason: "why not" })));
});
