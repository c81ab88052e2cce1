/** What the memory stream forgets and what it takes from the store; all else is in its contract suites. */
import { expect, test } from "bun:test";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Position } from "#domain/room.ts";
import { samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { createFixedClock } from "./clock.ts";
import { rememberIdsMs } from "./known-ids.ts";
import { createMemoryStream } from "./room-stream.ts";
import { maxTailBytes } from "./room-tail.ts";

const room = sampleRoom();

test("after a restart a room goes on at the next offset of the same epoch", async () => {
  const stream = createMemoryStream({ announce: "on-confirm", head: async () => ({ epoch: "e", offset: 12 }) });
  expect(await stream.publish(samplePosts(room, 2))).toMatchObject([
    { epoch: "e", offset: 13 },
    { epoch: "e", offset: 14 },
  ]);
});

test("the store is asked once, also by calls made at once, and calls keep their order while it answers", async () => {
  let asked = 0;
  const head = async (): Promise<Position> => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 2));
    return { epoch: "e", offset: 0 };
  };
  const stream = createMemoryStream({ announce: "on-confirm", head });
  const places = await Promise.all(samplePosts(room, 5).map((event) => stream.publish([event])));
  expect(places.flat().map((place) => place.offset)).toEqual([1, 2, 3, 4, 5]);
  expect(asked).toBe(1);
});

test("a call that waits for the store is not overtaken, and loses no room to others that are looked at meanwhile", async () => {
  const slow = sampleRoom();
  const gate = Promise.withResolvers<void>();
  const head = async (one: RoomId): Promise<Position> => {
    if (one === slow) await gate.promise;
    return { epoch: "e", offset: 0 };
  };
  const stream = createMemoryStream({ announce: "on-confirm", head, maxRooms: 1 });
  const [first, second] = samplePosts(room, 2) as [LoggedEvent, LoggedEvent];
  const calls = [stream.publish([first, samplePost(slow, "slow")]), stream.publish([second])];
  for (let looks = 0; looks < 3; looks++) await stream.head(sampleRoom());
  gate.resolve();
  expect((await Promise.all(calls)).map((places) => places[0]?.offset)).toEqual([1, 2]);
});

test("a store that fails to answer fails the call, not the ones after it", async () => {
  let away = true;
  const head = async (): Promise<Position> => {
    if (away) throw new Error("away");
    return { epoch: "e", offset: 0 };
  };
  const stream = createMemoryStream({ announce: "on-confirm", head });
  await expect(stream.publish(samplePosts(room, 1))).rejects.toThrow("away");
  away = false;
  expect(await stream.publish(samplePosts(room, 1))).toMatchObject([{ offset: 1 }]);
});

test("on-publish mode starts rooms nobody stored", async () => {
  const stream = createMemoryStream({ announce: "on-publish" });
  const [place] = await stream.publish(samplePosts(room, 1));
  expect(place).toMatchObject({ offset: 1, fresh: true });
  expect(await stream.head(room)).toEqual({ epoch: place!.epoch, offset: 1 });
});

test("a confirmed id is remembered for its time, an unconfirmed one for as long as it takes", async () => {
  const clock = createFixedClock();
  const stream = createMemoryStream({ announce: "on-confirm", head: async () => ({ epoch: "e", offset: 0 }), clock });
  const [stored, waiting, other, last] = samplePosts(room, 4);
  const fresh = async (event = stored!) => (await stream.publish([event]))[0]?.fresh;
  const confirmAnother = (event = other!) => stream.publish([event]).then(() => stream.confirm([event]));
  await stream.publish([stored!, waiting!]);
  await stream.confirm([stored!]);
  clock.advance(rememberIdsMs - 1);
  await confirmAnother();
  expect(await fresh()).toBe(false);
  clock.advance(1);
  await confirmAnother(last!);
  expect(await fresh(waiting!)).toBe(false);
  expect(await fresh()).toBe(true);
});

test("when too many are confirmed at once, the oldest ids are forgotten first", async () => {
  const head = async () => ({ epoch: "e", offset: 0 });
  const stream = createMemoryStream({ announce: "on-confirm", head, maxConfirmedIds: 3 });
  const events = samplePosts(room, 4);
  await stream.publish(events);
  await stream.confirm(events);
  const fresh = [];
  for (const event of events.toReversed()) fresh.push((await stream.publish([event]))[0]?.fresh);
  expect(fresh).toEqual([false, false, false, true]);
});

test("idle rooms are dropped when there are too many, and go on from the store", async () => {
  const stored = new Map<RoomId, number>();
  const head = async (one: RoomId) => ({ epoch: "e", offset: stored.get(one) ?? 0 });
  const stream = createMemoryStream({ announce: "on-confirm", head, maxRooms: 2 });
  const rooms = [sampleRoom(), sampleRoom(), sampleRoom()] as const;
  const busy = samplePost(rooms[0], "not confirmed");
  await stream.publish([busy]);
  for (const one of rooms.slice(1)) {
    const events = samplePosts(one, 2);
    await stream.publish(events);
    await stream.confirm(events);
    stored.set(one, 2);
  }
  await stream.head(sampleRoom());
  expect(await stream.tail(rooms[1], 0, 10)).toBeUndefined();
  expect((await stream.tail(rooms[1], 2, 10))?.events).toEqual([]);
  expect(await stream.publish(samplePosts(rooms[1], 1))).toMatchObject([{ offset: 3 }]);
  await stream.confirm([busy]);
  expect((await stream.tail(rooms[0], 0, 10))?.events).toMatchObject([{ id: busy.id, offset: 1 }]);
});

test("a listener outlives the dropping of its room", async () => {
  const stored = new Map<RoomId, number>();
  const head = async (one: RoomId) => ({ epoch: "e", offset: stored.get(one) ?? 0 });
  const stream = createMemoryStream({ announce: "on-confirm", head, maxRooms: 1 });
  const heard: number[] = [];
  await stream.subscribe(room, (run) => heard.push(...run.events.map((event) => event.offset)));
  for (let offset = 1; offset <= 3; offset++) {
    const events = samplePosts(room, 1);
    await stream.publish(events);
    await stream.confirm(events);
    stored.set(room, offset);
    await stream.head(sampleRoom());
  }
  expect(heard).toEqual([1, 2, 3]);
});

test("the tail is bounded in bytes too", async () => {
  const stream = createMemoryStream({ announce: "on-publish" });
  const large = "é".repeat(8_000);
  const count = 100;
  await stream.publish(Array.from({ length: count }, () => samplePost(room, large)));
  expect(await stream.tail(room, 0, count)).toBeUndefined();
  const most = Math.floor(maxTailBytes / Buffer.byteLength(large));
  const kept = (await stream.tail(room, count - most + 2, count))?.events.length ?? 0;
  expect(kept).toBe(most - 2);
});
