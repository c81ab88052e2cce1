/** The writer on a log that outlives it: positions move with what is stored, and what comes twice is one. */
import { expect, test } from "bun:test";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import { FencedError, unavailable } from "#domain/errors.ts";
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { BatchHandler, LogSpan, RoomStream } from "#domain/ports/index.ts";
import { sampleAuthor, samplePerson, samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { freshStores } from "#tests/support/test-database.ts";
import { startWriter } from "./writer.ts";

const partition = "room-events/3";

async function openWorld() {
  const { stores } = await freshStores();
  await stores.users.create(sampleAuthor, undefined);
  const addRoom = async () => {
    const id = sampleRoom();
    const made = { id, slug: id, name: id, visibility: "public", createdBy: sampleAuthor.id } as const;
    await stores.rooms.create({ ...made, createdAt: new Date(0).toISOString(), epoch: "e1" });
    return id;
  };
  const room = await addRoom();
  const dead: LoggedEvent[] = [];
  let hand: BatchHandler = async () => {};
  const log = {
    append: async () => {},
    consume: async (handler: BatchHandler) => {
      hand = handler;
      return { stop: async () => {} };
    },
    deadLetter: async (event: LoggedEvent) => void dead.push(event),
  };
  let answersToLose = 0;
  let refuse: (runs: readonly EventRun[]) => void = () => {};
  const events = {
    ...stores.events,
    async write(runs: readonly EventRun[], span?: LogSpan) {
      refuse(runs);
      await stores.events.write(runs, span);
      if (answersToLose-- > 0) throw unavailable("The answer was lost.");
    },
  };
  const memory = createMemoryStream({ announce: "on-publish", head: stores.events.head });
  // Like Redis, which knows ids by room.
  const rooms = new Map<RoomId, RoomStream>();
  const streamOf = (id: RoomId) => {
    const own = rooms.get(id) ?? createMemoryStream({ announce: "on-publish", head: stores.events.head });
    rooms.set(id, own);
    return own;
  };
  const confirmed: LoggedEvent[] = [];
  const caughtUp: { rooms: readonly RoomId[]; endSeenAt: number; offsets: readonly number[] }[] = [];
  const stream: RoomStream = {
    ...memory,
    head: (id) => streamOf(id).head(id),
    publish: async (batch) => (await Promise.all(batch.map((event) => streamOf(event.room).publish([event])))).flat(),
    async caughtUp(ids, endSeenAt) {
      const offsets = await Promise.all(ids.map(async (id) => (await streamOf(id).head(id)).offset));
      caughtUp.push({ rooms: ids, endSeenAt, offsets });
    },
    async confirm(batch: readonly LoggedEvent[]) {
      confirmed.push(...batch);
    },
  };
  await startWriter({ log, stream, events });
  return {
    room,
    dead,
    stream,
    confirmed,
    caughtUp,
    loseOneAnswer: () => {
      answersToLose = 1;
    },
    hand: (batch: readonly LoggedEvent[], from: number, to: number, endSeenAt?: number) =>
      hand(batch, { partition, from, to, endSeenAt }),
    position: () => stores.events.position(partition),
    addRoom,
    storedIn: (id: RoomId) => stores.events.events(id, { limit: 100, from: "oldest" }),
    stored: () => stores.events.events(room, { limit: 100, from: "oldest" }),
    refusing: (text: string) => {
      refuse = (runs) => {
        const texts = runs.flatMap((run) => run.events).flatMap((event) => ("text" in event ? event.text : []));
        if (texts.includes(text)) throw new Error(`can't store ${text}`);
      };
    },
  };
}

test("the position moves with each batch, also past one whose records were all put aside", async () => {
  const world = await openWorld();
  await world.hand(samplePosts(world.room, 3), 0, 3);
  expect(await world.position()).toBe(3);
  await world.hand([], 3, 5);
  expect(await world.position()).toBe(5);
});

test("the stream hears of the end of the log once everything before it is published, refused events or not", async () => {
  const world = await openWorld();
  const other = await world.addRoom();
  await world.hand(samplePosts(world.room, 3), 0, 3);
  expect(world.caughtUp).toEqual([]);
  const mine = samplePost(world.room, "mine");
  const stolen = { ...mine, author: samplePerson("Eve") };
  await world.hand([mine, samplePost(other, "there"), stolen], 3, 6, 77);
  expect(world.caughtUp).toEqual([{ rooms: [world.room, other], endSeenAt: 77, offsets: [4, 1] }]);
});

test("a writer that was overtaken stores nothing and says so", async () => {
  const world = await openWorld();
  await world.hand(samplePosts(world.room, 2), 0, 2);
  const late = await world.hand([samplePost(world.room, "late")], 0, 1).catch((error: unknown) => error);
  expect(late).toBeInstanceOf(FencedError);
  expect(await world.stored()).toHaveLength(2);
  expect(world.dead).toEqual([]);
});

test("an event that a store refuses is put aside, the rest is stored, and the position moves once", async () => {
  const world = await openWorld();
  world.refusing("message 3");
  await world.hand(samplePosts(world.room, 5), 0, 5);
  expect((await world.stored()).map(({ type }) => type)).toEqual([
    "message.posted",
    "message.posted",
    "event.discarded",
    "message.posted",
    "message.posted",
  ]);
  expect(world.dead).toHaveLength(1);
  expect(await world.position()).toBe(5);
});

test("an event that the log holds twice is stored once, though the stream has forgotten it", async () => {
  const world = await openWorld();
  const [one, two] = samplePosts(world.room, 2);
  if (one === undefined || two === undefined) throw new Error("no samples");
  await world.hand([one], 0, 1);
  await world.hand([one, two], 1, 3);
  expect((await world.stored()).map(({ id, offset }) => [offset, id])).toEqual([
    [1, one.id],
    [2, two.id],
  ]);
  expect(await world.stream.head(world.room)).toMatchObject({ offset: 2 });
});

test("an id that belongs to another author is put aside and takes no offset", async () => {
  const world = await openWorld();
  const mine = samplePost(world.room, "mine");
  await world.hand([mine], 0, 1);
  const stolen = samplePost(world.room, "stolen", { id: mine.id, author: samplePerson("Eve") });
  await world.hand([stolen], 1, 2);
  expect(world.dead).toEqual([stolen]);
  expect(await world.stored()).toHaveLength(1);
  expect(await world.position()).toBe(2);
});

test("a commit whose answer was lost is confirmed all the same, and the reader is told where the store stands", async () => {
  const world = await openWorld();
  const posts = samplePosts(world.room, 2);
  world.loseOneAnswer();
  const outcome = await world.hand(posts, 0, 2).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(FencedError);
  expect(await world.position()).toBe(2);
  expect(await world.stored()).toHaveLength(2);
  expect(world.confirmed.map(({ id }) => id)).toEqual(posts.map(({ id }) => id));
});

test("an id that is used in two rooms stands in the first; in the other its offset is filled, so that no hole is left", async () => {
  const world = await openWorld();
  const other = await world.addRoom();
  const [first] = samplePosts(world.room, 1);
  if (first === undefined) throw new Error("no sample");
  const copy = { ...first, room: other };
  await world.hand([first], 0, 1);
  await world.hand([copy, samplePost(other, "next")], 1, 3);
  expect((await world.storedIn(other)).map(({ offset, type }) => [offset, type])).toEqual([
    [1, "event.discarded"],
    [2, "message.posted"],
  ]);
  expect(world.dead).toEqual([copy]);
  expect((await world.stored()).map(({ id }) => id)).toEqual([first.id]);
});
