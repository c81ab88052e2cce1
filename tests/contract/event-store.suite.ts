/**
 * What every event store promises about writing and reading a room's history; projections are in projection.suite.ts.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import { FencedError, isChatError } from "#domain/errors.ts";
import { discarded, maxReordered, type RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import { offsetOf } from "#domain/message.ts";
import type { TimelineWindow } from "#domain/ports/index.ts";
import type { User } from "#domain/user.ts";
import { addPerson, newId, type OpenStores, openStory, refusal, type Stores, type Story, word } from "./store-world.ts";

export function eventStoreSuite(name: string, open: OpenStores): void {
  describe(`event store: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let story: Story;

    beforeEach(async () => {
      stores = await open();
      ada = await addPerson(stores);
      story = await openStory(stores, ada, []);
    });

    const stored = async (of = story) => await stores.events.events(of.room.id, { limit: 1_000, from: "oldest" });

    test("every kind of event comes back as it was written", async () => {
      const bob = await addPerson(stores);
      const events = [
        story.next(ada, { type: "room.created", name: story.room.name }),
        story.joined(bob),
        story.next(ada, { type: "room.topic-changed", topic: "Tea & <b>cake</b> 🍰" }),
        story.post(bob, "line one\nline 'two' \\ \"three\" $1 {a,b} 👩‍👩‍👧 é", [ada.id, bob.id]),
        story.left(bob),
        { ...discarded(story.post(ada, "lost")), offset: 6 } as RoomEvent,
      ];
      await story.write(...events);
      expect(await stored()).toEqual(events);
    });

    test("the same batch twice is stored once", async () => {
      const events = [story.joined(ada), story.post(ada, "one"), story.post(ada, "two")];
      await story.write(...events);
      await story.write(...events);
      expect(await stored()).toEqual(events);
      expect((await stores.rooms.access(story.room.id, ada.id))?.room.memberCount).toBe(1);
    });

    test("a batch that overlaps an earlier one adds only what is new", async () => {
      const [one, two, three] = [story.post(ada, "one"), story.post(ada, "two"), story.post(ada, "three")];
      await story.write(one, two);
      await story.write(two, three);
      expect(await stored()).toEqual([one, two, three]);
    });

    test("an id twice in one batch is stored once", async () => {
      const one = story.post(ada, "one");
      await stores.events.write([story.run([one]), story.run([one, story.post(ada, "two")])]);
      expect((await stored()).map((event) => event.offset)).toEqual([1, 2]);
    });

    test("an id that is stored changes nothing when it comes again, and can't be stored at another place", async () => {
      const one = story.post(ada, "one");
      await story.write(one);
      await story.write({ ...one, text: "changed" } as RoomEvent);
      const other = await openStory(stores, ada, []);
      const places = [story.run([{ ...one, offset: 7 } as RoomEvent]), other.run([{ ...one, room: other.room.id }])];
      for (const place of places) {
        const error = await refusal(stores.events.write([place]));
        expect(isChatError(error, "unavailable")).toBe(false);
      }
      expect(await stored()).toEqual([one]);
      expect(await stored(other)).toEqual([]);
      expect(await stores.events.head(story.room.id)).toEqual({ epoch: story.room.epoch, offset: 1 });
      expect(await stores.events.head(other.room.id)).toEqual({ epoch: other.room.epoch, offset: 0 });
    });

    test("two different events at one offset fail loudly, and nothing of the batch is stored", async () => {
      const one = story.post(ada, "one");
      await story.write(one);
      const other = await openStory(stores, ada, []);
      const collision = { ...story.post(ada, "usurper"), offset: 1 };
      const error = await refusal(stores.events.write([other.run([other.post(ada, "fine")]), story.run([collision])]));
      expect(isChatError(error, "unavailable")).toBe(false);
      expect(await stored()).toEqual([one]);
      expect(await stored(other)).toEqual([]);
    });

    test("an event of a room that does not exist is told apart from a store that is away", async () => {
      const lost = { ...story.post(ada, "where?"), room: newId<RoomId>() };
      const work = stores.events.write([
        { room: lost.room, epoch: "e", events: [lost] },
        story.run([story.post(ada, "fine")]),
      ]);
      expect(isChatError(await refusal(work), "unavailable")).toBe(false);
      expect(await stored()).toEqual([]);
    });

    test("a batch spans rooms", async () => {
      const other = await openStory(stores, ada, []);
      await stores.events.write([
        story.run([story.post(ada, "a")]),
        other.run([other.post(ada, "b"), other.post(ada, "c")]),
      ]);
      expect(await stores.events.head(story.room.id)).toEqual({ epoch: story.room.epoch, offset: 1 });
      expect(await stores.events.head(other.room.id)).toEqual({ epoch: other.room.epoch, offset: 2 });
    });

    test("nothing to write is fine", async () => {
      await stores.events.write([]);
      await story.write();
    });

    test("the head follows the newest epoch, and never goes back", async () => {
      const late = story.post(ada, "late");
      const epoch = word("e");
      await stores.events.write([
        { room: story.room.id, epoch, events: [{ ...story.post(ada, "new life"), offset: 1_001 }] },
      ]);
      await story.write(late);
      expect(await stores.events.head(story.room.id)).toEqual({ epoch, offset: 1_001 });
      expect(await stores.events.head(newId<RoomId>())).toBeUndefined();
    });

    test("find tells where an id is, and whether only its place is kept", async () => {
      const [one, two] = [story.post(ada, "one"), story.post(ada, "two")];
      const lost = { ...discarded(story.post(ada, "lost")), offset: 3 } as RoomEvent;
      await story.write(one, two, lost);
      const unknown = newId<EventId>();
      const found = await Promise.all([two.id, unknown, one.id, two.id].map((id) => stores.events.find(id)));
      const at = (offset: number) => ({ room: story.room.id, author: ada.id, offset, discarded: offset === 3 });
      expect(await stores.events.find(lost.id)).toEqual(at(3));
      expect(found).toEqual([at(2), undefined, at(1), at(2)]);
      const all = await stores.events.findAll([lost.id, unknown, one.id]);
      expect(all).toEqual(
        new Map([
          [one.id, at(1)],
          [lost.id, at(3)],
        ]),
      );
    });

    test("windows end with what fills their bytes, from either end, and hold one at least", async () => {
      const large = "é".repeat(5_000);
      await story.write(...[large, "b", "c", large, "e"].map((text) => story.post(ada, text)));
      const offsets = async (window: {
        maxBytes: number;
        from: "newest" | "oldest";
        after?: number;
        before?: number;
      }) => {
        const asked = { limit: 100, ...window };
        const events = (await stores.events.events(story.room.id, asked)).map((event) => event.offset);
        const messages = (await stores.events.messages(story.room.id, asked)).map((message) => message.offset);
        const timeline = (await stores.events.timeline(story.room.id, asked)).entries.map(offsetOf);
        expect([messages, timeline]).toEqual([events, events]);
        return events;
      };
      expect(await offsets({ maxBytes: 1, from: "oldest" })).toEqual([1]);
      expect(await offsets({ maxBytes: 10_401, from: "oldest" })).toEqual([1, 2]);
      expect(await offsets({ maxBytes: 12_000, from: "oldest" })).toEqual([1, 2, 3, 4]);
      expect(await offsets({ maxBytes: 12_000, from: "oldest", after: 1 })).toEqual([2, 3, 4, 5]);
      expect(await offsets({ maxBytes: 401, from: "newest" })).toEqual([5]);
      expect(await offsets({ maxBytes: 402, from: "newest" })).toEqual([4, 5]);
      expect(await offsets({ maxBytes: 1, from: "newest", before: 3 })).toEqual([2]);
    });

    test("what newer versions added to events counts among the bytes of a window", async () => {
      const added = { note: "x".repeat(5_000) };
      await story.write(...[1, 2, 3].map(() => ({ ...story.post(ada, "b"), ext: added })));
      const offsets = async (maxBytes: number) =>
        (await stores.events.events(story.room.id, { limit: 100, maxBytes, from: "oldest" })).map(
          ({ offset }) => offset,
        );
      expect(await offsets(5_000)).toEqual([1]);
      expect(await offsets(2 * 5_000)).toEqual([1, 2]);
    });

    test("windows are exclusive at both ends, ascending, and read from either end", async () => {
      await story.write(...Array.from({ length: 10 }, (_, index) => story.post(ada, `m${index + 1}`)));
      const offsets = async (window: {
        after?: number;
        before?: number;
        limit: number;
        from?: "newest" | "oldest";
      }) => {
        const events = (await stores.events.events(story.room.id, window)).map((event) => event.offset);
        const messages = (await stores.events.messages(story.room.id, window)).map((message) => message.offset);
        const timeline = (await stores.events.timeline(story.room.id, window)).entries.map(offsetOf);
        expect(messages).toEqual(events);
        expect(timeline).toEqual(events);
        return events;
      };
      expect(await offsets({ limit: 3 })).toEqual([8, 9, 10]);
      expect(await offsets({ limit: 3, from: "newest" })).toEqual([8, 9, 10]);
      expect(await offsets({ limit: 3, from: "oldest" })).toEqual([1, 2, 3]);
      expect(await offsets({ before: 5, limit: 3 })).toEqual([2, 3, 4]);
      expect(await offsets({ before: 5, limit: 3, from: "oldest" })).toEqual([1, 2, 3]);
      expect(await offsets({ after: 5, limit: 3 })).toEqual([8, 9, 10]);
      expect(await offsets({ after: 5, limit: 3, from: "oldest" })).toEqual([6, 7, 8]);
      expect(await offsets({ after: 3, before: 6, limit: 9 })).toEqual([4, 5]);
      expect(await offsets({ after: 10, limit: 9, from: "oldest" })).toEqual([]);
      expect(await offsets({ before: 1, limit: 9 })).toEqual([]);
      expect(await stores.events.events(newId<RoomId>(), { limit: 9 })).toEqual([]);
    });

    test("messages hold only messages, the timeline also notes, and neither what was discarded", async () => {
      const joined = story.joined(ada);
      const hello = story.post(ada, "hello", [ada.id]);
      const lost = { ...discarded(story.post(ada, "lost")), offset: 3 } as RoomEvent;
      const topic = story.next(ada, { type: "room.topic-changed", topic: "T" });
      await story.write(joined, hello, lost, topic);
      const { type: _, ...message } = hello as Extract<RoomEvent, { type: "message.posted" }>;
      expect(await stores.events.messages(story.room.id, { limit: 10 })).toEqual([message]);
      expect((await stores.events.timeline(story.room.id, { limit: 10 })).entries).toEqual([
        { kind: "note", event: joined },
        { kind: "message", message },
        { kind: "note", event: topic },
      ] as never);
      expect((await stores.events.timeline(story.room.id, { limit: 2 })).entries.map(offsetOf)).toEqual([2, 4]);
    });

    test("a page of the timeline ends at so many messages, from either end, whatever notes are among them", async () => {
      const other = await addPerson(stores);
      const story = await openStory(stores, ada, [ada]);
      const notes = () => [story.joined(other), story.left(other)];
      const said = (text: string) => story.post(ada, text);
      await story.write(said("2"), ...notes(), said("5"), said("6"), ...notes(), said("9"), ...notes());
      const read = async (window: Omit<TimelineWindow, "limit">, limit = 100) =>
        (await stores.events.timeline(story.room.id, { limit, ...window })).entries.map(offsetOf);
      expect(await read({ messages: 1 })).toEqual([7, 8, 9, 10, 11]);
      expect(await read({ messages: 3 })).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(await read({ messages: 4 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(await read({ messages: 3 }, 4)).toEqual([8, 9, 10, 11]);
      expect(await read({ messages: 1, before: 9 })).toEqual([6, 7, 8]);
      expect(await read({ messages: 1, before: 4, after: 1 })).toEqual([2, 3]);
      expect(await read({ messages: 1, from: "oldest" })).toEqual([1, 2, 3, 4]);
      expect(await read({ messages: 2, after: 2, from: "oldest" })).toEqual([3, 4, 5, 6, 7, 8]);
      expect(await read({ messages: 9, after: 8, from: "oldest" })).toEqual([9, 10, 11]);
      expect(await read({ messages: 2, after: 2, from: "oldest" }, 3)).toEqual([3, 4, 5]);
    });

    test("the timeline says how far nothing is missing, and nothing of that while something is", async () => {
      const wholeTo = async () => (await stores.events.timeline(story.room.id, { limit: 2 })).wholeTo;
      const events = Array.from({ length: maxReordered + 8 }, (_, n) => story.post(ada, `m${n}`));
      const [one, two, three, late, ...rest] = events as [RoomEvent, RoomEvent, RoomEvent, RoomEvent, ...RoomEvent[]];
      await story.write(one, two);
      expect(await wholeTo()).toBe(2);
      await story.write(late);
      expect(await wholeTo()).toBeUndefined();
      await story.write(three, ...rest.slice(0, 4), ...rest.slice(5));
      expect(await wholeTo()).toBeUndefined();
      await story.write(...rest.slice(4, 5));
      expect(await wholeTo()).toBe(events.length);
    });

    test("10,000 events page completely and in order, forwards and backwards", async () => {
      const total = 10_000;
      const page = 500;
      const events = Array.from({ length: total }, (_, index) => story.post(ada, `message ${index}`));
      for (let start = 0; start < total; start += 1_000) await story.write(...events.slice(start, start + 1_000));

      const forwards: number[] = [];
      for (let after = 0; ; after = forwards.at(-1) ?? 0) {
        const items = await stores.events.events(story.room.id, { after, limit: page, from: "oldest" });
        if (items.length === 0) break;
        forwards.push(...items.map((item) => item.offset));
      }
      const all = events.map((event) => event.offset);
      expect(forwards).toEqual(all);

      let backwards: number[] = [];
      for (let before = total + 1; ; before = backwards[0] ?? 0) {
        const { entries: items } = await stores.events.timeline(story.room.id, { before, limit: page });
        if (items.length === 0) break;
        backwards = [...items.map(offsetOf), ...backwards];
      }
      expect(backwards).toEqual(all);
    }, 60_000);

    test("an id stands in one place: at any other it can't be stored, in one write or in two", async () => {
      const [one, two] = [story.post(ada, "one"), story.post(ada, "two")];
      await story.write(one, two);
      const run = (...events: RoomEvent[]) => [{ room: story.room.id, epoch: story.room.epoch, events }];
      const again = await stores.events.write(run({ ...one, offset: 3 })).catch((error) => error);
      expect(again).toBeInstanceOf(Error);
      const three = { ...two, id: newId<EventId>(), offset: 3 };
      const twice = await stores.events.write(run(three, { ...three, offset: 4 })).catch((error) => error);
      expect(twice).toBeInstanceOf(Error);
      await story.write(one, two);
      const stored = await stores.events.events(story.room.id, { limit: 10 });
      expect(stored.filter(({ id }) => id === one.id || id === two.id)).toEqual([one, two]);
    });

    test("the position in the log moves with what is stored, from where it stood, or nothing happens", async () => {
      const partition = `log/${newId()}`;
      const run = (...events: RoomEvent[]) => [{ room: story.room.id, epoch: story.room.epoch, events }];
      const [one, two, three] = [story.post(ada, "one"), story.post(ada, "two"), story.post(ada, "three")];
      expect(await stores.events.position(partition)).toBeUndefined();
      await stores.events.write(run(one), { partition, from: 0, to: 4 });
      await stores.events.write(run(two), { partition, from: 4, to: 9 });
      expect(await stores.events.position(partition)).toBe(9);
      for (const from of [0, 4, 10]) {
        const refusal = await stores.events.write(run(three), { partition, from, to: 12 }).catch((error) => error);
        expect(refusal).toBeInstanceOf(FencedError);
      }
      expect(await stores.events.find(three.id)).toBeUndefined();
      await stores.events.write([], { partition, from: 9, to: 12 });
      expect(await stores.events.position(partition)).toBe(12);
    });

    test("of writers at the same position one goes on", async () => {
      const partition = `log/${newId()}`;
      for (const from of [0, 5]) {
        const tries = [1, 2, 3].map(() =>
          stores.events.write([], { partition, from, to: from + 5 }).then(() => "moved"),
        );
        const outcomes = await Promise.allSettled(tries);
        expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      }
      expect(await stores.events.position(partition)).toBe(10);
    });
  });
}
