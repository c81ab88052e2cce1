/** What a listener is handed when messages get lost, come twice, or come while the lost ones are read. */
import { expect, test } from "bun:test";
import type { EventRun } from "#domain/events.ts";
import { eventually, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import type { ChannelListener } from "./channels.ts";
import { createRoomFeeds } from "./room-feeds.ts";

const room = sampleRoom();

/** A room that holds its newest 500 events; what it publishes is heard or lost, as told. */
function openWorld() {
  let channel: ChannelListener | undefined;
  let epoch = "one";
  let first = 1;
  let events = samplePosts(room, 0);
  let before: () => Promise<void> = async () => undefined;
  let repairs = 0;
  const newest = () => first + events.length - 1;
  const feeds = createRoomFeeds(
    {
      async subscribe(_name, listener) {
        channel = listener;
        return async () => {
          channel = undefined;
        };
      },
    },
    async () => ({ epoch, offset: newest() }),
    async (_room, after, limit) => {
      await before();
      const start = after + 1 - first;
      const reached = start >= Math.max(0, events.length - 500);
      const found = events.slice(start, start + limit).map((event, at) => ({ ...event, offset: after + 1 + at }));
      return { epoch, offset: newest(), events: reached ? found : undefined };
    },
    () => undefined,
    () => {
      repairs += 1;
    },
  );
  return {
    feeds,
    repairs: () => repairs,
    subscribed: () => channel !== undefined,
    beforeRead: (work: () => Promise<void>) => {
      before = work;
    },
    publish(count: number, { lost = false } = {}) {
      const made = samplePosts(room, count);
      const message = JSON.stringify({ epoch, first: newest() + 1, events: made });
      events.push(...made);
      if (!lost) channel?.message(message);
      return message;
    },
    again: (message: string) => channel?.message(message),
    resume: () => channel?.resumed?.(),
    renew() {
      epoch = "two";
      first = newest() + 1_000;
      events = [];
    },
  };
}

async function listen(world: ReturnType<typeof openWorld>) {
  const runs: EventRun[] = [];
  const stop = await world.feeds.subscribe(room, (run) => runs.push(run));
  return { runs, stop, offsets: () => runs.flatMap((run) => run.events.map(({ offset }) => offset)) };
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

test("a hole is filled before what comes after it; what comes twice is handed out once", async () => {
  const world = openWorld();
  const heard = await listen(world);
  const twice = world.publish(2);
  world.again(twice);
  world.publish(3, { lost: true });
  world.publish(1);
  expect(world.repairs()).toBe(0);
  await eventually("six", () => heard.offsets().length >= 6);
  expect(world.repairs()).toBe(1);
  expect(heard.offsets()).toEqual(upTo(6));
  world.publish(1);
  expect(heard.offsets()).toEqual(upTo(7));
});

test("what is published while the lost events are read is not forgotten", async () => {
  const world = openWorld();
  const heard = await listen(world);
  world.publish(450, { lost: true });
  let reads = 0;
  world.beforeRead(async () => {
    reads += 1;
    if (reads <= 3) world.publish(5);
  });
  world.resume();
  await eventually("all", () => heard.offsets().length >= 465);
  expect(heard.offsets()).toEqual(upTo(465));
});

test("a read that fails is tried again", async () => {
  const world = openWorld();
  const heard = await listen(world);
  world.publish(2, { lost: true });
  let failures = 0;
  world.beforeRead(async () => {
    failures += 1;
    if (failures <= 2) throw new Error("away");
  });
  world.resume();
  await eventually("both", () => heard.offsets().length === 2);
  expect(failures).toBeGreaterThan(2);
});

test("further behind than the tail reaches, the newest event tells that there is something to read", async () => {
  const world = openWorld();
  const heard = await listen(world);
  world.publish(700, { lost: true });
  world.resume();
  await eventually("the newest", () => heard.offsets().length > 0);
  expect(heard.offsets()).toEqual([700]);
});

test("another epoch is told by its newest event, and goes on from there", async () => {
  const world = openWorld();
  const heard = await listen(world);
  world.publish(2);
  world.renew();
  world.publish(3, { lost: true });
  world.resume();
  await eventually("the new epoch", () => heard.runs.at(-1)?.epoch === "two");
  world.publish(1);
  expect(heard.offsets()).toEqual([1, 2, 1_004, 1_005]);
});

test("one subscription serves all listeners of a room, and ends with the last", async () => {
  const world = openWorld();
  const [one, two] = [await listen(world), await listen(world)];
  world.publish(1);
  await one.stop();
  world.publish(1);
  expect([one.offsets(), two.offsets()]).toEqual([[1], [1, 2]]);
  expect(world.subscribed()).toBe(true);
  await two.stop();
  await two.stop();
  expect(world.subscribed()).toBe(false);
});
