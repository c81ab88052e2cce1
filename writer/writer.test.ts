/** The writer on memory ports, with a store that fails on purpose. */
import { expect, test } from "bun:test";
import { ChatError, isChatError, unavailable } from "#domain/errors.ts";
import type { EventRun } from "#domain/events.ts";
import { eventually, samplePerson, samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { openWriterWorld } from "#tests/contract/writer-world.ts";

const textsOf = (runs: readonly EventRun[]) =>
  runs.flatMap((run) => run.events).map((event) => (event.type === "message.posted" ? event.text : event.type));
const offsets = (events: readonly { readonly offset: number }[]) => events.map((event) => event.offset);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A store that never takes an event with this text. */
const refusing = (text: string) => (runs: readonly EventRun[]) => {
  if (textsOf(runs).includes(text)) throw new Error(`can't store ${text}`);
};

test("events sent together are stored by few writes, in order, and announced as one run", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const runs: EventRun[] = [];
  await world.stream.subscribe(room, (run) => runs.push(run));
  const events = samplePosts(room, 500);
  expect((await world.append(events)).every((append) => append.status === "fulfilled")).toBe(true);
  expect(world.writes).toHaveLength(1);
  expect(runs).toHaveLength(1);
  expect(await world.stored(room)).toEqual(events.map((event, index) => ({ ...event, offset: index + 1 })));
  expect(world.announced(room)).toEqual(await world.stored(room));
  expect(world.writer.counters).toEqual({ batches: 1, stored: 500, deadLettered: 0, retries: 0 });
});

test("while the store is away it is tried again, nothing is announced, and nothing is acked", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  let acked = false;
  let failures = 0;
  world.faults.before = () => {
    failures += 1;
    expect(world.announced(room)).toEqual([]);
    expect(acked).toBe(false);
    if (failures <= 3) throw unavailable("The store is away.");
  };
  await world.log.append(samplePost(room, "patience")).then(() => {
    acked = true;
  });
  expect(failures).toBe(4);
  expect(world.writer.counters).toMatchObject({ stored: 1, retries: 3 });
  expect(offsets(world.announced(room))).toEqual([1]);
  expect(world.tooEarly).toEqual([]);
});

test("a commit whose answer was lost is stored once", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  let lost = 0;
  world.faults.after = () => {
    lost += 1;
    if (lost <= 2) throw unavailable("The connection broke after the commit.");
  };
  await world.append(samplePosts(room, 3));
  expect(offsets(await world.stored(room))).toEqual([1, 2, 3]);
  expect(offsets(world.announced(room))).toEqual([1, 2, 3]);
});

test("a poison event is put aside with its reason, its place is filled, and the rest of the batch is acked", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const events = samplePosts(room, 100);
  const poison = { ...samplePost(room, "poison"), id: events[37]!.id };
  events[37] = poison;
  world.faults.before = refusing("poison");

  const appends = await world.append(events);

  const rejected = appends.flatMap((append, index) => (append.status === "rejected" ? [index] : []));
  expect(rejected).toEqual([37]);
  const [letter, ...more] = world.log.deadLetters();
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ event: poison, reason: new Error("can't store poison") });
  const stored = await world.stored(room);
  expect(offsets(stored)).toEqual(upTo(100));
  expect(stored[37]).toMatchObject({ id: poison.id, type: "event.discarded", offset: 38 });
  expect(world.announced(room)).toEqual(stored);
  expect(world.writer.counters).toMatchObject({ stored: 100, deadLettered: 1 });
});

test("poison sent again is refused again, not acked as if it were stored", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const poison = samplePost(room, "poison");
  world.faults.before = refusing("poison");
  const twice = await world.append([poison, { ...poison }]);
  // From here on the store takes the call, as one that changes nothing: it has the filler under this id.
  world.faults.before = () => undefined;
  const again = await world.append([poison]);
  expect([...twice, ...again].map((append) => append.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(world.log.deadLetters()).toHaveLength(1);
});

test("when not even the filler can be stored, the room goes on", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const [good, poison, better] = [samplePost(room, "good"), samplePost(room, "poison"), samplePost(room, "better")];
  world.faults.before = (runs) => {
    if (runs.some((run) => run.events.some(({ offset }) => offset === 2))) throw new Error("never");
  };
  const appends = await world.append([good, poison, better]);
  expect(appends.map((append) => append.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(offsets(await world.stored(room))).toEqual([1, 3]);
  expect(offsets(world.announced(room))).toEqual([1, 2, 3]);
  expect(world.announced(room)[1]?.type).toBe("event.discarded");
});

test("an id that belongs to another author, or to another room, is refused as taken", async () => {
  await using world = await openWriterWorld();
  const [room, other] = [await world.addRoom(), await world.addRoom()];
  const event = samplePost(room, "mine", { author: await world.addPerson("Bea") });
  const usurped = { ...event, author: samplePerson("Eve") };
  const moved = { ...event, room: other };
  const [mine, ...taken] = await world.append([event, usurped, moved]);
  expect(mine?.status).toBe("fulfilled");
  for (const append of taken) {
    expect(append.status === "rejected" && isChatError(append.reason, "conflict")).toBe(true);
  }
  expect(await world.stored(room)).toEqual([{ ...event, offset: 1 }]);
  expect(await world.stored(other)).toEqual([]);
});

test("an event of a room that does not exist is refused alone", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const events = [...samplePosts(room, 3), samplePost(sampleRoom(), "lost"), ...samplePosts(room, 3, 4)];
  const appends = await world.append(events);
  expect(appends.map((append) => append.status === "fulfilled")).toEqual([true, true, true, false, true, true, true]);
  expect(appends[3]).toMatchObject({ reason: { code: "not-found" } });
  expect(offsets(await world.stored(room))).toEqual(upTo(6));
});

test("what is sent again is acked again, and stored and announced once", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  const events = samplePosts(room, 3);
  for (let round = 0; round < 3; round++) {
    const appends = await world.append([...events, ...events]);
    expect(appends.every((append) => append.status === "fulfilled")).toBe(true);
  }
  await world.append(samplePosts(room, 1, 4));
  expect(offsets(await world.stored(room))).toEqual([1, 2, 3, 4]);
  expect(offsets(world.announced(room))).toEqual([1, 2, 3, 4]);
});

test("closing stores what was accepted", async () => {
  await using world = await openWriterWorld({ maxBatchEvents: 10 });
  const room = await world.addRoom();
  const appends = world.append(samplePosts(room, 95));
  await world.writer.close();
  expect((await appends).every((append) => append.status === "fulfilled")).toBe(true);
  expect(offsets(await world.stored(room))).toEqual(upTo(95));
  await expect(world.log.append(samplePost(room, "late"))).rejects.toMatchObject({ code: "unavailable" });
});

test("closing while the store is away ends at once, and what is not stored is not acked", async () => {
  await using world = await openWriterWorld();
  const room = await world.addRoom();
  world.faults.before = () => {
    throw unavailable("The store is away.");
  };
  const appends = world.append(samplePosts(room, 3));
  await eventually("retrying", () => world.writer.counters.retries > 0);
  await world.writer.close();
  for (const append of await appends)
    expect(append).toMatchObject({ status: "rejected", reason: expect.any(ChatError) });
  expect(world.announced(room)).toEqual([]);
  expect(world.log.deadLetters()).toEqual([]);
});
