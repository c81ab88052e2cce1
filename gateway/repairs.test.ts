/** How rooms are read anew, and what those that have to wait leave to the others. */
import { beforeEach, expect, test } from "bun:test";
import { createOwnLevels } from "#adapters/memory/levels.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import type { EventRun, RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Position } from "#domain/room.ts";
import { createStandstill, maxReads, standstillMs } from "#domain/standstill.ts";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createLog } from "./log.ts";
import { createRepairs, type Repairs, repairsAtOnce } from "./repairs.ts";

const before: Position = { epoch: "e1", offset: 0 };
const after: Position = { epoch: "e2", offset: 1_001 };

let now: number;
/** Where rooms stand: in the stream, and as far as the store has heard. */
let live: Position;
let stored: Position;
let looks: number;
/** What happens when a position is read. */
let looking: () => void;
let reads: number;
/** What happens during a read of events. */
let reading: () => void;
let followed: Set<Feed>;
let begun: Position[];
let renewed: RoomId[];
let repairs: Repairs;

beforeEach(() => {
  [now, live, stored, looks, reads] = [0, before, before, 0, 0];
  looking = reading = () => undefined;
  [followed, begun, renewed] = [new Set(), [], []];
  const still = createStandstill(() => now);
  // As the hub does, while it follows rooms.
  still.onThaw(() => undefined);
  const head = async () => {
    looks += 1;
    looking();
    return live;
  };
  const tail = async (room: RoomId, from: number): Promise<EventRun> => {
    reads += 1;
    reading();
    const events = from < live.offset ? [{ ...samplePost(room, "later"), offset: live.offset } as RoomEvent] : [];
    return { room, epoch: live.epoch, events };
  };
  const ports = {
    stream: { head, tail },
    events: { head: async () => stored },
    metrics: silentMetrics,
    levels: createOwnLevels(1),
  } as unknown as Parameters<typeof createRepairs>[0];
  repairs = createRepairs(ports, createLog("silent"), still, {
    take: (feed, { events }) => {
      feed.taken = events.at(-1)?.offset ?? feed.taken;
    },
    begin(feed, { epoch, offset }) {
      Object.assign(feed, { epoch, taken: offset });
      begun.push({ epoch, offset });
    },
    renewed: ({ id }) => void renewed.push(id),
    isFollowed: (feed) => followed.has(feed),
  });
});

function follow(): Feed {
  const feed = createFeed(sampleRoom(), {} as never, { publish: () => undefined, subscribers: () => 1 });
  Object.assign(feed, { epoch: before.epoch, taken: before.offset });
  followed.add(feed);
  return feed;
}

const waitForStore = (feeds: readonly Feed[]) => {
  live = after;
  const ends = Promise.all(feeds.map((feed) => repairs.renew(feed)));
  return until(() => looks > feeds.length, { what: "rooms that wait for the store" }).then(() => ({ ends }));
};

test("rooms that wait for the store to hear of their epoch hold up no other", async () => {
  const { ends } = await waitForStore(Array.from({ length: repairsAtOnce + 1 }, follow));
  const other = follow();
  Object.assign(other, { epoch: after.epoch, taken: after.offset - 1 });
  void repairs.repair(other);
  await until(() => other.taken === after.offset, { what: "a hole in another room", deadlineMs: 2_000 });
  stored = after;
  await ends;
  expect(renewed).toHaveLength(repairsAtOnce + 1);
});

test("a room that nobody follows any more is not waited for, nor read anew", async () => {
  const feed = follow();
  const { ends } = await waitForStore([feed]);
  followed.delete(feed);
  await ends;
  expect([begun, renewed, reads]).toEqual([[], [], 0]);
});

test("a room that is let go while its position is read is not begun anew", async () => {
  const feed = follow();
  looking = () => followed.delete(feed);
  await repairs.renew(feed);
  expect([begun, renewed, reads]).toEqual([[], [], 0]);
});

test("a room that is let go while it is read is not asked for any more", async () => {
  const feed = follow();
  reading = () => followed.delete(feed);
  await repairs.repair(feed);
  expect([reads, looks]).toEqual([1, 0]);
});

test.each([
  [maxReads - 1, maxReads, false],
  [maxReads, maxReads, true],
  [maxReads + 1, maxReads, true],
])(
  "a room in %i of whose reads the process stands still is read %i times in a turn, and left for later: %p",
  async (pauses, times, isLeft) => {
    const feed = follow();
    feed.stale = true;
    reading = () => {
      if (reads <= pauses) now += standstillMs + 1;
    };
    await repairs.repair(feed);
    expect([reads, feed.stale]).toEqual([times, isLeft]);
  },
);
