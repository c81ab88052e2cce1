/** What every room stream promises: offsets 1, 2, 3 … by event id, a recent tail, and runs in order to whoever listens. */
import { describe, expect, test } from "bun:test";
import { erasingStreamTests } from "./erasing-stream.suite.ts";
import { losingStreamTests } from "./losing-stream.suite.ts";
import { eventually, samplePerson, samplePost, samplePosts, sampleRoom } from "./samples.ts";
import { heard, listen, type OpenStream, openRoom, record } from "./stream-world.ts";

export interface StreamCapabilities {
  /** Tail and listeners get an event at its confirmation, not when it is published. */
  readonly announcesOnConfirm: boolean;
  /** An id used in one room is known in every room. */
  readonly knowsIdsEverywhere: boolean;
  /** What it holds may be gone at any moment, while the log has events of which the store has none. */
  readonly losesData: boolean;
}

export function roomStreamSuite(name: string, open: () => Promise<OpenStream>, capabilities: StreamCapabilities): void {
  const withRoom = openRoom(open);

  describe(`room stream: ${name}`, () => {
    test("events get offsets without holes, and the ids of one call in its order", () =>
      withRoom(async (stream, room) => {
        const first = await record(stream, samplePosts(room, 3));
        const second = await record(stream, samplePosts(room, 2));
        expect([...first, ...second].map((place) => place.offset)).toEqual([1, 2, 3, 4, 5]);
        expect(new Set([...first, ...second].map((place) => place.epoch)).size).toBe(1);
        expect(first.every((place) => place.fresh)).toBe(true);
        expect(await stream.head(room)).toEqual({ epoch: first[0]?.epoch ?? "", offset: 5 });
      }));

    test("rooms count apart, also within one call", () =>
      withRoom(async (stream, room, { storeRoom }) => {
        const other = sampleRoom();
        await storeRoom(other, "e2", 0);
        const [a, b, c, d] = [
          samplePost(room, "a"),
          samplePost(other, "b"),
          samplePost(room, "c"),
          samplePost(other, "d"),
        ];
        expect((await record(stream, [a, b, c, d])).map((place) => [place.room, place.offset])).toEqual([
          [room, 1],
          [other, 1],
          [room, 2],
          [other, 2],
        ]);
      }));

    test("an id that is known keeps its first offset, before and after it is confirmed, and is announced once", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const event = samplePost(room, "once");
        const [first] = await stream.publish([event]);
        expect(await stream.publish([{ ...event, at: new Date(0).toISOString() }])).toEqual([
          { ...first!, fresh: false },
        ]);
        await stream.confirm([event]);
        await stream.confirm([event]);
        const [again, next] = await record(stream, [event, samplePost(room, "next")]);
        expect(again).toEqual({ ...first!, fresh: false });
        expect(next).toMatchObject({ offset: 2, fresh: true });
        await eventually("both heard", () => heard(runs).length >= 2);
        expect(heard(runs).map((one) => one.offset)).toEqual([1, 2]);
        expect(heard(runs)[0]).toMatchObject({ ...event });
      }));

    test("an id twice in one call is one event", () =>
      withRoom(async (stream, room) => {
        const event = samplePost(room, "twice");
        const places = await record(stream, [event, event, samplePost(room, "next")]);
        expect(places.map(({ offset, fresh }) => [offset, fresh])).toEqual([
          [1, true],
          [1, false],
          [2, true],
        ]);
      }));

    test("the same id from another author is answered with the first one's author", () =>
      withRoom(async (stream, room) => {
        const [ada, eve] = [samplePerson("Ada"), samplePerson("Eve")];
        const event = samplePost(room, "mine", { author: ada });
        await record(stream, [event]);
        const [taken] = await stream.publish([{ ...event, author: eve }]);
        expect(taken).toMatchObject({ room, author: ada.id, offset: 1, fresh: false });
        expect((await stream.head(room)).offset).toBe(1);
      }));

    if (capabilities.knowsIdsEverywhere) {
      test("the same id in another room is answered with the first one's room", () =>
        withRoom(async (stream, room, { storeRoom }) => {
          const other = sampleRoom();
          await storeRoom(other, "e2", 0);
          const event = samplePost(room, "here");
          await record(stream, [event]);
          expect(await stream.publish([{ ...event, room: other }])).toMatchObject([{ room, offset: 1, fresh: false }]);
          expect((await stream.head(other)).offset).toBe(0);
        }));
    }

    test("listeners get runs of consecutive offsets, one per room and call, with the events as they were published", () =>
      withRoom(async (stream, room, { storeRoom }) => {
        const other = sampleRoom();
        await storeRoom(other, "e2", 0);
        const [runs, others] = [await listen(stream, room), await listen(stream, other)];
        const [mine, theirs] = [samplePosts(room, 3), samplePosts(other, 2)];
        const places = await record(stream, [mine[0]!, theirs[0]!, mine[1]!, theirs[1]!, mine[2]!]);
        await eventually("both heard", () => heard(runs).length === 3 && heard(others).length === 2);
        const epoch = places[0]!.epoch;
        expect(runs).toEqual([{ room, epoch, events: mine.map((event, index) => ({ ...event, offset: index + 1 })) }]);
        expect(others).toHaveLength(1);
      }));

    test("every listener of a room hears, until it unsubscribes; one that throws harms no other", () =>
      withRoom(async (stream, room) => {
        let gone = 0;
        const stop = await stream.subscribe(room, () => {
          gone += 1;
        });
        await stream.subscribe(room, () => {
          throw new Error("a bug of the listener");
        });
        const runs = await listen(stream, room);
        await record(stream, samplePosts(room, 1));
        await eventually("heard", () => gone === 1 && heard(runs).length === 1);
        await stop();
        await stop();
        await record(stream, samplePosts(room, 1, 2));
        await eventually("heard again", () => heard(runs).length === 2);
        expect(gone).toBe(1);
      }));

    test("the tail gives what follows an offset, at most as many as asked for", () =>
      withRoom(async (stream, room) => {
        await record(stream, samplePosts(room, 10));
        const offsets = async (after: number, limit: number) => {
          return (await stream.tail(room, after, limit))?.events.map((event) => event.offset);
        };
        expect(await offsets(0, 100)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        expect(await offsets(4, 3)).toEqual([5, 6, 7]);
        expect(await offsets(9, 3)).toEqual([10]);
        expect(await offsets(10, 3)).toEqual([]);
        expect(await offsets(99, 3)).toEqual([]);
        expect((await stream.tail(room, 10, 3))?.epoch).toBe((await stream.head(room)).epoch);
      }));

    test("the tail leaves out what is known, and counts it all the same", () =>
      withRoom(async (stream, room) => {
        await record(stream, samplePosts(room, 10));
        const offsets = async (after: number, limit: number, known: readonly number[]) => {
          return (await stream.tail(room, after, limit, { known }))?.events.map((event) => event.offset);
        };
        expect(await offsets(0, 100, [2, 3, 4, 7, 10])).toEqual([1, 5, 6, 8, 9]);
        expect(await offsets(3, 4, [1, 2, 3, 4, 6])).toEqual([5, 7]);
        expect(await offsets(8, 100, [9, 10, 11, 12])).toEqual([]);
      }));

    test("the tail ends with the event that fills the bytes that are asked for, one at least", () =>
      withRoom(async (stream, room) => {
        await record(stream, [
          samplePost(room, "a".repeat(5_000)),
          samplePost(room, "b".repeat(5_000)),
          samplePost(room, "c"),
        ]);
        const offsets = async (after: number, maxBytes: number) =>
          (await stream.tail(room, after, 10, { maxBytes }))?.events.map((event) => event.offset);
        expect(await offsets(0, 1)).toEqual([1]);
        expect(await offsets(0, 4_000)).toEqual([1]);
        expect(await offsets(0, 8_000)).toEqual([1, 2]);
        expect(await offsets(1, 1_000_000)).toEqual([2, 3]);
        expect(await offsets(3, 1)).toEqual([]);
      }));

    test("the tail is bounded, and says so when it does not reach back", () =>
      withRoom(async (stream, room) => {
        for (let start = 1; start <= 600; start += 100) await record(stream, samplePosts(room, 100, start));
        expect(await stream.tail(room, 99, 10)).toBeUndefined();
        const recent = await stream.tail(room, 100, 1_000);
        expect(recent?.events.map((event) => event.offset)).toEqual(
          Array.from({ length: 500 }, (_, index) => 101 + index),
        );
      }));

    test("a room the store already has goes on after its highest offset", () =>
      withRoom(async (stream, _room, { storeRoom }) => {
        const room = sampleRoom();
        await storeRoom(room, "old", 41);
        expect(await stream.head(room)).toEqual({ epoch: "old", offset: 41 });
        expect(await stream.tail(room, 40, 10)).toBeUndefined();
        expect((await stream.tail(room, 41, 10))?.events).toEqual([]);
        const [place] = await record(stream, samplePosts(room, 1));
        expect(place!.offset).toBeGreaterThan(41);
      }));

    test("calls made at once give every event its own offset, and announce in order", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const calls = Array.from({ length: 40 }, (_, call) => samplePosts(room, 1 + (call % 5), call * 10));
        const places = (await Promise.all(calls.map((events) => record(stream, events)))).flat();
        const total = calls.flat().length;
        const all = Array.from({ length: total }, (_, index) => index + 1);
        expect(places.map((place) => place.offset).sort((a, b) => a - b)).toEqual(all);
        await eventually("all heard", () => heard(runs).length === total);
        expect(heard(runs).map((event) => event.offset)).toEqual(all);
      }));

    test("the short cut publishes as the reader of the log does, and knows the same ids", () =>
      withRoom(async (stream, room) => {
        const [first, second] = samplePosts(room, 2);
        const place = await stream.publishAhead(first!);
        expect(place).toMatchObject({ room, author: first!.author.id, offset: 1, fresh: true });
        expect(await stream.publish([first!, second!])).toMatchObject([
          { ...place!, fresh: false },
          { offset: 2, fresh: true },
        ]);
        expect(await stream.publishAhead(second!)).toMatchObject({ offset: 2, fresh: false });
        await stream.caughtUp([room], performance.now());
        expect(await stream.publishAhead(samplePost(room, "third"))).toMatchObject({ offset: 3 });
      }));

    erasingStreamTests(withRoom);
    if (capabilities.losesData) losingStreamTests(withRoom);
    if (capabilities.announcesOnConfirm) return;
    test("an event is announced when it is published", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        await stream.publish(samplePosts(room, 2));
        await eventually("heard", () => heard(runs).length === 2);
        expect((await stream.head(room)).offset).toBe(2);
        expect((await stream.tail(room, 0, 10))?.events).toHaveLength(2);
      }));
  });
}
