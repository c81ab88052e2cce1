/** What a gateway has in its hands of a message that is deleted: nothing of it leaves any more, also where the gateway stood still meanwhile. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createMemoryGrowingTexts } from "#adapters/memory/growing-texts.ts";
import { createOwnLevels } from "#adapters/memory/levels.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import { createMemorySignals } from "#adapters/memory/signals.ts";
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import type { Ports, RunListener } from "#domain/ports/index.ts";
import { createStandstill, standstillMs } from "#domain/standstill.ts";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { until } from "#tests/support/wait.ts";
import { maxPartSockets } from "./audience.ts";
import { createHub, type Hub } from "./hub.ts";
import { createLog } from "./log.ts";
import { repairsAtOnce } from "./repairs.ts";
import { topics } from "./topics.ts";

const room = sampleRoom();
const ada = samplePerson("Ada");
const post = (text: string) => samplePost(room, text, { author: ada });
const deletion = ({ id }: LoggedEvent) =>
  ({ ...samplePost(room, ""), author: ada, ...{ type: "message.deleted", message: id } }) as LoggedEvent;

let now: number;
let sockets: number;
let frames: string[];
let erased: number;
let hub: Hub;
/** How often it asked to hear of a standstill, and has not taken that back. */
let wanting: number;
let stream: Ports["stream"];
/** What is read instead of it, once the room's stream began anew. */
let anew: Ports["stream"] | undefined;
let signals: Ports["signals"];
let growing: Ports["growing"];
/** Runs on their way to this gateway, while it does not take them: the first of them alone comes. */
let held: EventRun[] | undefined;
let listener: RunListener;
/** Reads of the tail that fail from now on. */
let failing: number;
/** Reads of the tail under way at once, at most. */
let readAtOnce: number;
const release = () => {
  const runs = held ?? [];
  held = undefined;
  for (const run of runs.slice(0, 1)) listener(run);
};

beforeEach(() => {
  [now, sockets, frames, erased, held, failing] = [0, 1, [], 0, undefined, 0];
  anew = undefined;
  let underWay = 0;
  readAtOnce = 0;
  stream = createMemoryStream({ announce: "on-publish", head: async () => ({ epoch: "e", offset: 0 }) });
  signals = createMemorySignals(() => undefined);
  growing = createMemoryGrowingTexts(signals);
  const ports = {
    stream: {
      ...stream,
      head: (id: typeof room) => (anew ?? stream).head(id),
      tail: async (...asked: Parameters<typeof stream.tail>) => {
        if (failing-- > 0) throw new Error("The connection was cut.");
        readAtOnce = Math.max(readAtOnce, ++underWay);
        await Bun.sleep(1);
        underWay -= 1;
        return await (anew ?? stream).tail(...asked);
      },
      subscribe: (id: typeof room, listen: RunListener) => {
        listener = listen;
        return stream.subscribe(id, (run) => (held === undefined ? listen(run) : void held.push(run)));
      },
    },
    events: {
      head: () => Bun.sleep(2).then(() => (anew ?? stream).head(room)),
      events: async () => [],
      find: async () => undefined,
    },
    signals,
    growing,
    metrics: silentMetrics,
    levels: createOwnLevels(1),
  } as unknown as Parameters<typeof createHub>[0];
  const out = {
    publish: (_topic: string, frame: string) => void frames.push(frame),
    subscribers: (topic: string) => (topic.startsWith(topics.page(room, 0).slice(0, -1)) ? sockets : 1),
    memberLeft: () => undefined,
    rebuilt: () => undefined,
    erased: () => {
      erased += 1;
    },
  };
  const standstill = createStandstill(() => now);
  wanting = 0;
  hub = createHub(ports, out, createLog("silent"), {
    ...standstill,
    onThaw(thawed) {
      const end = standstill.onThaw(thawed);
      wanting += 1;
      return () => {
        wanting -= 1;
        end();
      };
    },
  });
});

afterEach(() => hub.close());

const said = () => frames.join("\n");

test("what waits to leave together with its deletion leaves without its words, to pages and to programs", async () => {
  const followed = await hub.follow(room);
  const gone = post("xyzzy");
  await stream.publish([post("warm")]);
  await until(() => followed.shown().offset === 1, { what: "the first" });
  // It leaves at once, and those that follow this closely together.
  await stream.publish([post("first")]);
  await stream.publish([gone, post("other")]);
  await stream.publish([deletion(gone)]);
  await until(() => followed.shown().offset === 5, { what: "all" });
  expect(said()).not.toContain("xyzzy");
  expect(said()).toContain("other");
  expect(said()).toContain("This message was deleted.");
  expect(erased).toBeGreaterThan(1);
});

test.each([
  ["what it had in its hands", 1],
  ["what it is told late", 0],
])("after a standstill %s is read anew first", async (_, inHand) => {
  const followed = await hub.follow(room);
  const all = [post("xyzzy"), post("xyzzy again")];
  await stream.publish([post("warm")]);
  await until(() => followed.shown().offset === 1, { what: "the first" });
  await stream.publish([post("first")]);
  for (const one of all.slice(0, inHand)) await stream.publish([one]);
  held = [];
  now += standstillMs + 1;
  for (const one of all.slice(inHand)) await stream.publish([one]);
  await stream.publish(all.map(deletion));
  release();
  await until(() => followed.shown().offset === 6, { what: "all" });
  expect(said()).not.toContain("xyzzy");
  await stream.publish([post("later")]);
  await until(() => followed.shown().offset === 7, { what: "what comes then" });
  const told = frames.flatMap((frame) =>
    [...frame.matchAll(/"offset":(\d+)\}\}\}/g)].map(([, offset]) => Number(offset)),
  );
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("a room that can't be read after a standstill is read again, though nothing happens in it", async () => {
  const followed = await hub.follow(room);
  await stream.publish([post("warm")]);
  await until(() => followed.shown().offset === 1, { what: "the first" });
  failing = 1;
  now += standstillMs + 1;
  await until(() => failing < 1, { what: "a read that fails" });
  await stream.publish([post("later")]);
  await until(() => followed.shown().offset === 2, { what: "what comes then" });
});

test("a room whose stream began anew while the process stood still is read anew, though nothing more happens in it", async () => {
  const followed = await hub.follow(room);
  const begins = { epoch: "f", offset: 1_000 };
  anew = createMemoryStream({ announce: "on-publish", head: async () => begins });
  await anew.subscribe(room, listener);
  now += standstillMs + 1;
  await anew.publish([post("the first of the new epoch")]);
  await until(() => said().includes('"reset"'), { what: "a reset" });
  expect(followed.shown()).toEqual({ epoch: "f", offset: 1_001 });
  expect(frames.filter((frame) => frame.includes('"reset"'))).toHaveLength(1);
});

test("after a standstill rooms are read a few at once, however many are followed", async () => {
  const rooms = Array.from({ length: repairsAtOnce + 8 }, sampleRoom);
  const followed = await Promise.all(rooms.map((one) => hub.follow(one)));
  now += standstillMs + 1;
  await Promise.all(rooms.map((one) => stream.publish([samplePost(one, "later", { author: ada })])));
  await until(() => followed.every(({ shown }) => shown().offset === 1), { what: "all rooms" });
  expect(readAtOnce).toBe(repairsAtOnce);
});

test("what an answer said before a standstill is told to nobody after it, once its question is deleted", async () => {
  const followed = await hub.follow(room);
  const answer = post("").id;
  await growing.claim(room, answer, "pen");
  await growing.grow(room, answer, "pen", { at: 0, piece: "xyzzy", note: "" });
  expect(followed.growing()).toHaveLength(1);
  frames = [];
  // The pieces wait in a socket meanwhile, and the question is deleted.
  const late = { type: "grown", message: answer, at: 5, piece: " xyzzy", note: "" } as const;
  await growing.end(room, answer);
  now += standstillMs + 1;
  await signals.toRoom(room, late);
  expect(followed.growing()).toEqual([]);
  await stream.publish([post("later")]);
  await until(() => followed.shown().offset === 1, { what: "the room" });
  await signals.toRoom(room, late);
  await Bun.sleep(0);
  expect(said()).not.toContain("xyzzy");
});

test("a standstill is looked for while a room is followed", async () => {
  expect(wanting).toBe(0);
  const [one, other] = [await hub.follow(room), await hub.follow(room)];
  one.release();
  expect(wanting).toBe(1);
  other.release();
  expect(wanting).toBe(0);
  (await hub.follow(room)).release();
  expect(wanting).toBe(0);
});

test("what was leaving to many goes no further, and they are told to read the room anew", async () => {
  const followed = await hub.follow(room);
  sockets = maxPartSockets;
  for (let part = 0; part < 3; part++) followed.join();
  const gone = post("xyzzy");
  await stream.publish([gone]);
  const before = frames.filter((frame) => frame.includes("xyzzy")).length;
  expect(before).toBeGreaterThan(0);
  await stream.publish([deletion(gone)]);
  now += standstillMs + 1;
  await stream.publish([post("later")]);
  await until(() => said().includes('"reset"'), { what: "a reset" });
  expect(frames.filter((frame) => frame.includes("xyzzy"))).toHaveLength(before);
});
