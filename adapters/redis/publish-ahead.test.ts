/** How a gateway's events are published, waited for, or left to the writer, without Redis. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { RoomId } from "#domain/ids.ts";
import { samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { createPublishAhead, lookAgainMs, maxUnmarkedRooms, patienceMs } from "./publish-ahead.ts";

const room = sampleRoom();

/** A stream that is there or away, and whose rooms are left to the writer or not. */
function openWorld() {
  const ended = new AbortController();
  const calls: string[] = [];
  const state = { away: false, refuses: false };
  const call = (what: string) => {
    calls.push(what);
    if (state.away) throw unavailable("away");
  };
  const marked = new Set<RoomId>();
  const ahead = createPublishAhead({
    async publish(of, events) {
      call(`publish ${events.length}`);
      if (state.refuses || marked.has(of)) return events.map(() => "not-yet" as const);
      return events.map(({ event }) => ({
        room: of,
        author: event.author.id,
        at: event.at,
        epoch: "e",
        offset: 1,
        fresh: true,
      }));
    },
    async leaveToWriter(of, reason) {
      call(reason);
      marked.add(of);
    },
    ended: ended.signal,
  });
  const publish = (text = "hello", to = room) => ahead.publish(samplePost(to, text));
  return { state, calls, marked, ahead, publish, [Symbol.dispose]: () => ended.abort() };
}

test("an event is published with one call", async () => {
  using world = openWorld();
  expect(await world.publish()).toMatchObject({ room, offset: 1 });
  expect(world.calls).toEqual(["publish 1"]);
});

test("events of a room that is left to the writer look again together, and are published when it is open", async () => {
  using world = openWorld();
  world.state.refuses = true;
  const publishes = samplePosts(room, 10).map((event) => world.ahead.publish(event));
  await until(() => world.calls.length >= 3, { what: "some looks" });
  world.state.refuses = false;
  expect((await Promise.all(publishes)).every((place) => place?.offset === 1)).toBe(true);
  expect(new Set(world.calls)).toEqual(new Set(["publish 10"]));
  expect(world.marked.size).toBe(0);
});

test("an event that is waited for in vain is left to the writer, and the room is marked before that is said", async () => {
  using world = openWorld();
  world.state.refuses = true;
  const startedAt = performance.now();
  expect(await world.publish()).toBeUndefined();
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(patienceMs);
  expect(world.calls.length).toBeLessThanOrEqual(patienceMs / lookAgainMs + 3);
  expect(world.calls.at(-1)).toBe("late");
});

test("after a failure the room is marked before anything else of it is published", async () => {
  using world = openWorld();
  world.state.away = true;
  await expect(world.publish()).rejects.toMatchObject({ code: "unavailable" });
  expect(world.calls).toEqual(["publish 1"]);
  await expect(world.publish("still away")).rejects.toMatchObject({ code: "unavailable" });
  world.state.away = false;
  const next = world.publish("next");
  await until(() => world.marked.has(room), { what: "the mark" });
  world.marked.clear();
  expect(await next).toMatchObject({ offset: 1 });
  expect(world.calls.indexOf("lost")).toBeLessThan(world.calls.lastIndexOf("publish 1"));
});

test("after a failure the room is marked though nothing more is sent there, and other rooms go on", async () => {
  using world = openWorld();
  world.state.away = true;
  await expect(world.publish()).rejects.toMatchObject({ code: "unavailable" });
  await until(() => world.calls.filter((what) => what === "lost").length >= 2, { what: "tries to mark" });
  world.state.away = false;
  await until(() => world.marked.has(room), { what: "the mark" });
  expect(await world.publish("elsewhere", sampleRoom())).toMatchObject({ offset: 1 });
  const marks = world.calls.length;
  await Bun.sleep(lookAgainMs * 10);
  expect(world.calls.length).toBe(marks);
});

test("rooms to mark are bounded: the oldest is forgotten", async () => {
  using world = openWorld();
  world.state.away = true;
  const rooms = Array.from({ length: maxUnmarkedRooms + 1 }, () => sampleRoom());
  await Promise.allSettled(rooms.map((one) => world.publish("lost", one)));
  world.state.away = false;
  await until(() => world.marked.size >= maxUnmarkedRooms, { what: "the marks" });
  expect(world.marked.has(rooms[0]!)).toBe(false);
  expect(world.marked.has(rooms[1]!)).toBe(true);
});
