import { beforeEach, describe, expect, spyOn, test } from "bun:test";
import { createOwnLevels } from "#adapters/memory/levels.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import type { EventRun, RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { thisBuild } from "#domain/levels.ts";
import type { Ports, RunListener } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { until } from "#tests/support/wait.ts";
import type { FollowedRoom } from "./feed.ts";
import { createHub, type Hub } from "./hub.ts";
import { createLog } from "./log.ts";
import { maxRunEvents } from "./repairs.ts";
import { topics } from "./topics.ts";

const room = Bun.randomUUIDv7() as RoomId;
const author = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

function event(offset: number): RoomEvent {
  const id = Bun.randomUUIDv7() as EventId;
  return {
    id,
    room,
    author,
    at: new Date(0).toISOString(),
    type: "message.posted",
    text: `m${offset}`,
    mentions: [],
    offset,
  };
}

/** A stream that delivers what a test says, and knows more than it delivers. */
function scriptedStream(initial: Position) {
  let head = initial;
  let stored: Position | undefined;
  let tailReaches = true;
  let listener: RunListener = () => {};
  let outdated = false;
  let rereads = 0;
  const events = new Map<number, RoomEvent>();
  const run = (offsets: readonly number[], epoch = head.epoch): EventRun => ({
    room,
    epoch,
    events: offsets.map((offset) => events.get(offset) ?? event(offset)),
  });
  const after = (offset: number, limit: number) =>
    [...events.values()].filter((each) => each.offset > offset).slice(0, limit);
  const ports = {
    stream: {
      subscribe: async (_room: RoomId, listen: RunListener) => {
        listener = listen;
        return async () => {
          listener = () => {};
        };
      },
      head: async () => head,
      deletions: async () => [],
      tail: async (_room: RoomId, offset: number, limit: number) =>
        tailReaches ? { room, epoch: head.epoch, events: after(offset, limit) } : undefined,
    },
    events: {
      head: async () => stored ?? head,
      events: async (_room: RoomId, window: { after: number; limit: number }) => after(window.after, window.limit),
    },
    signals: { onRoom: async () => async () => {} },
    metrics: silentMetrics,
    levels: {
      ...createOwnLevels(thisBuild.reads),
      isOutdated: () => outdated,
      reread: async () => {
        rereads += 1;
      },
    },
  } as unknown as Pick<Ports, "stream" | "events" | "signals" | "growing" | "metrics" | "levels">;
  return {
    ports,
    /** Happened, whether or not it is delivered. */
    happen(...offsets: number[]) {
      for (const offset of offsets) events.set(offset, event(offset));
      head = { ...head, offset: Math.max(head.offset, ...offsets) };
    },
    /** Made by a newer version. */
    happenNewer(offset: number) {
      events.set(offset, { ...event(offset), level: thisBuild.reads + 1 });
      head = { ...head, offset };
    },
    deliver: (offsets: readonly number[], epoch?: string) => listener(run(offsets, epoch)),
    rebuilt: (position: Position) => {
      head = position;
    },
    /** Where the store stands; undefined: as far as the stream. */
    storeAt: (position: Position | undefined) => {
      stored = position;
    },
    /** Newer versions write what can't be read here. */
    outdate: () => {
      outdated = true;
    },
    rereads: () => rereads,
    forgetTail: () => {
      tailReaches = false;
    },
  };
}

let frames: { topic: string; frame: string }[];
let readers: (topic: string) => number;
let hub: Hub;
let stream: ReturnType<typeof scriptedStream>;

beforeEach(() => {
  frames = [];
  readers = () => 1;
  stream = scriptedStream({ epoch: "e1", offset: 10 });
  const publish = (topic: string, frame: string) => void frames.push({ topic, frame });
  hub = createHub(
    stream.ports,
    { publish, subscribers: (topic) => readers(topic), memberLeft: () => {}, rebuilt: () => {}, erased: () => {} },
    createLog("silent"),
  );
});

const reached = (followed: FollowedRoom, offset: number) =>
  until(() => followed.shown().offset === offset, { what: `offset ${offset}` });
const pageFrames = () =>
  frames.filter(({ topic }) => topic === topics.page(room)).map(({ frame }) => JSON.parse(frame));
const shown = () => pageFrames().flatMap(({ run }) => (run ? range(run.from, run.to) : []));

describe("a followed room", () => {
  test("shows each event once, whatever is delivered twice or overlaps", async () => {
    const followed = await hub.follow(room);
    stream.happen(11, 12, 13);
    stream.deliver([9, 10, 11]);
    stream.deliver([11, 12]);
    stream.deliver([11, 12, 13]);
    await reached(followed, 13);
    expect(shown()).toEqual([11, 12, 13]);
  });

  test.each([
    ["from the tail", false],
    ["from the store, when the tail does not reach back", true],
  ])("fills a hole %s before it goes on", async (_where, forgotten) => {
    const followed = await hub.follow(room);
    stream.happen(...range(11, 20));
    if (forgotten) stream.forgetTail();
    stream.deliver([11]);
    stream.deliver([15, 16]);
    stream.deliver([20]);
    await reached(followed, 20);
    expect(shown()).toEqual(range(11, 20));
  });

  test.each([
    ["that comes", [11, 12, 13]],
    ["in a hole that is filled", [13]],
  ])("stands still before an event %s which a newer version made, and asks no more", async (_how, delivered) => {
    const followed = await hub.follow(room);
    stream.happen(11);
    stream.happenNewer(12);
    stream.happen(13);
    stream.deliver(delivered);
    await reached(followed, 11);
    const reads = spyOn(stream.ports.stream, "tail");
    stream.deliver([13]);
    await Bun.sleep(600);
    expect(shown()).toEqual([11]);
    expect(followed.shown().offset).toBe(11);
    expect(reads.mock.calls.length).toBeLessThan(2);
    // And asks whether the others have gone on without it.
    expect(stream.rereads()).toBe(1);
  });

  test("takes in nothing once others write what can't be read here, and is not read anew around it", async () => {
    const followed = await hub.follow(room);
    stream.outdate();
    stream.happen(11);
    stream.deliver([11]);
    stream.deliver([1_012], "e2");
    await Bun.sleep(50);
    expect(frames).toEqual([]);
    expect(followed.shown()).toEqual({ epoch: "e1", offset: 10 });
  });

  test("asks again when what is missing can't be had yet", async () => {
    const followed = await hub.follow(room);
    stream.deliver([13]);
    stream.rebuilt({ epoch: "e1", offset: 13 });
    await Bun.sleep(20);
    expect(shown()).toEqual([]);
    stream.happen(11, 12, 13);
    await reached(followed, 13);
    expect(shown()).toEqual([11, 12, 13]);
  });

  test("is read anew by its pages when its stream was rebuilt", async () => {
    const followed = await hub.follow(room);
    stream.storeAt({ epoch: "e1", offset: 10 });
    stream.rebuilt({ epoch: "e2", offset: 1_011 });
    stream.deliver([1_011], "e2");
    await Bun.sleep(50);
    // Pages that read the room now would miss what began the epoch.
    expect(pageFrames()).toEqual([]);
    expect(followed.shown()).toEqual({ epoch: "e1", offset: 10 });
    stream.storeAt(undefined);
    await until(() => pageFrames().length > 0, { what: "the reset" });
    expect(pageFrames()).toEqual([{ reset: { room, epoch: "e2", offset: 1_011 } }]);
    expect(followed.shown()).toEqual({ epoch: "e2", offset: 1_011 });
    stream.deliver([1_012], "e2");
    await reached(followed, 1_012);
    expect(shown()).toEqual([1_012]);
  });

  test("sends the first event at once, and what follows soon after together, in frames of bounded size", async () => {
    const followed = await hub.follow(room);
    // However long a busy machine takes for it, no time passes while they come.
    const clock = spyOn(performance, "now").mockReturnValue(performance.now());
    stream.deliver([11]);
    const atOnce = shown();
    for (const offset of range(12, 11 + 2 * maxRunEvents)) stream.deliver([offset]);
    const soonAfter = shown();
    clock.mockRestore();
    expect([atOnce, soonAfter]).toEqual([[11], [11]]);
    await reached(followed, 11 + 2 * maxRunEvents);
    const sizes = pageFrames().flatMap(({ run }) => (run ? [run.to - run.from + 1] : []));
    expect(sizes).toEqual([1, maxRunEvents, maxRunEvents]);
  });

  test("is not rendered when no page shows it, but counted for its members", async () => {
    readers = (topic) => (topic === topics.activity(room) ? 1 : 0);
    await hub.follow(room);
    stream.deliver([11]);
    expect(pageFrames()).toEqual([]);
    expect(frames.map(({ topic }) => topic)).toEqual([topics.activity(room)]);
  });

  test("costs each page one write: what counts goes along with what shows", async () => {
    readers = (topic) => (topic === topics.page(room) ? 1 : 0);
    await hub.follow(room);
    stream.deliver([11, 12]);
    expect(frames.map(({ topic }) => topic)).toEqual([topics.page(room)]);
    expect(pageFrames()).toMatchObject([
      {
        run: { from: 11, to: 12 },
        activity: {
          ...{ room, from: 11, to: 12 },
          messages: [
            [11, author.id, []],
            [12, author.id, []],
          ],
        },
      },
    ]);
  });

  test("is followed once for all, until the last one lets go", async () => {
    const [one, two] = await Promise.all([hub.follow(room), hub.follow(room)]);
    one.release();
    one.release();
    expect(hub.followed()).toBe(1);
    two.release();
    expect(hub.followed()).toBe(0);
    stream.deliver([11]);
    expect(frames).toEqual([]);
  });
});
