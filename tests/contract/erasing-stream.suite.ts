/** What a stream's tail and its listeners are told of a message after its deletion: its places, and no word of it. */
import { expect, test } from "bun:test";
import { erasedAmong } from "#domain/erased.ts";
import type { LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import type { RoomStream } from "#domain/ports/index.ts";
import type { Quote } from "#domain/quote.ts";
import type { Author } from "#domain/user.ts";
import { eventually, samplePerson, samplePost } from "./samples.ts";
import { heard, listen, record, type WithRoom } from "./stream-world.ts";

const [ada, bob] = [samplePerson("Ada \"]}'\\"), samplePerson("Bob")];

export function erasingStreamTests(withRoom: (work: WithRoom) => Promise<void>): void {
  const next = (room: RoomId, author: Author, body: object) =>
    ({ id: Bun.randomUUIDv7(), room, author, at: new Date().toISOString(), ...body }) as LoggedEvent;
  const post = (room: RoomId, text: string, replyTo?: Quote) =>
    next(room, ada, { type: "message.posted", text, mentions: [], named: [], ...(replyTo && { replyTo }) });
  const edit = ({ room, id }: LoggedEvent, text: string, by = ada) =>
    next(room, by, { type: "message.edited", message: id, text, mentions: [bob.id], named: [] });
  const deletion = ({ room, id }: LoggedEvent, by = ada) => next(room, by, { type: "message.deleted", message: id });
  const quote = ({ id, author }: LoggedEvent, text: string): Quote => ({ id, offset: 1, author, text });
  const placed = (events: readonly LoggedEvent[], first = 1) =>
    events.map((event, at): RoomEvent => ({ ...event, offset: first + at }));
  const tail = async (stream: RoomStream, room: RoomId, after = 0) =>
    (await stream.tail(room, after, 1_000))?.events ?? [];

  const tricky = ['se"cret', "se\\", 'se\\"', '","deleted":true', '"replyTo":{"text":"x"}', "💥 \u2028 / <a>", "[]{}"];

  test.each(tricky)("a deletion takes the words out of the tail, to the letter: %j", (word) =>
    withRoom(async (stream, room) => {
      const gone = post(room, `first ${word}`);
      const kept = post(room, `yes "replyTo":{"text":"${word}"}`, quote(gone, `first ${word}`));
      const events = [gone, samplePost(room, gone.id), edit(gone, `second ${word}`), kept, post(room, "other")];
      await record(stream, events);
      events.push(deletion(gone));
      await record(stream, events.slice(-1));
      expect(await tail(stream, room)).toEqual([...erasedAmong(placed(events))]);
      expect(await tail(stream, room, 2)).toEqual(erasedAmong(placed(events)).slice(2));
      // Offsets go on, and what comes now is not touched.
      const [place] = await record(stream, [post(room, "more")]);
      expect(place?.offset).toBe(events.length + 1);
    }),
  );

  test("in one call with its message and edits nobody is told their words", () =>
    withRoom(async (stream, room) => {
      const runs = await listen(stream, room);
      const gone = post(room, "first");
      const events = [gone, edit(gone, "second"), post(room, "yes", quote(gone, "second")), deletion(gone)];
      await record(stream, events);
      await eventually("heard", () => heard(runs).length === events.length);
      expect(heard(runs)).toEqual([...erasedAmong(placed(events))]);
      expect(await tail(stream, room)).toEqual([...erasedAmong(placed(events))]);
    }));

  test("a reply or an edit that was on its way meanwhile comes without the words", () =>
    withRoom(async (stream, room) => {
      const gone = post(room, "first");
      await record(stream, [gone, deletion(gone)]);
      const runs = await listen(stream, room);
      await record(stream, [post(room, "yes", quote(gone, "first")), edit(gone, "first"), post(room, "other")]);
      await eventually("heard", () => heard(runs).length === 3);
      const told = [
        { text: "yes", replyTo: { ...quote(gone, ""), deleted: true } },
        { text: "", deleted: true },
        { text: "other" },
      ];
      expect(heard(runs)).toMatchObject(told);
      expect(await tail(stream, room, 2)).toMatchObject(told as Partial<RoomEvent>[]);
    }));

  test("a deletion that does not count takes nothing away", () =>
    withRoom(async (stream, room) => {
      const first = post(room, "first");
      const events = [first, edit(first, "second"), post(room, "yes", quote(first, "second")), deletion(first, bob)];
      await record(stream, events);
      await record(stream, [deletion({ ...first, id: Bun.randomUUIDv7() as EventId })]);
      expect((await tail(stream, room)).slice(0, 4)).toEqual(placed(events));
      // Neither does it keep the author's own from being remembered.
      await record(stream, [deletion(first)]);
      await record(stream, [edit(first, "third"), post(room, "well", quote(first, "second"))]);
      expect(JSON.stringify(await tail(stream, room))).not.toMatch(/first|second|third/);
    }));

  test("many deletions at once, and one that is published again", () =>
    withRoom(async (stream, room) => {
      const posts = Array.from({ length: 40 }, (_, n) => post(room, `secret ${n}`));
      await record(stream, posts);
      const deletions = posts.map((one) => deletion(one));
      await record(stream, deletions);
      const places = await record(stream, deletions);
      expect(places.map(({ fresh }) => fresh)).toEqual(deletions.map(() => false));
      expect(await tail(stream, room)).toEqual([...erasedAmong(placed([...posts, ...deletions]))]);
    }));

  test("it says which deletions the tail has, and takes no text for one", () =>
    withRoom(async (stream, room) => {
      expect(await stream.deletions(room, 0)).toEqual([]);
      const gone = post(room, "first");
      const other = post(room, 'like "type":"message.deleted"');
      const events = [gone, deletion(gone), other, deletion(other, bob)];
      await record(stream, events);
      const told = placed(events).filter((event) => event.type === "message.deleted");
      expect([...(await stream.deletions(room, 0))]).toEqual(told);
      expect([...(await stream.deletions(room, 1))]).toEqual(told);
      expect([...(await stream.deletions(room, 2))]).toEqual(told.slice(1));
      expect(await stream.deletions(room, 4)).toEqual([]);
      expect(await stream.deletions(room, 5)).toEqual([]);
    }));
}
