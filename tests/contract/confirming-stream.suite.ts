/** What a stream in front of a log that is the store promises on top: nothing is announced before it is confirmed. */
import { describe, expect, test } from "bun:test";
import { samplePerson, samplePost, samplePosts, sampleRoom } from "./samples.ts";
import { heard, listen, type OpenStream, openRoom } from "./stream-world.ts";

export function confirmingStreamSuite(name: string, open: () => Promise<OpenStream>): void {
  const withRoom = openRoom(open);

  describe(`confirming room stream: ${name}`, () => {
    test("nothing is announced before it is confirmed", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const events = samplePosts(room, 3);
        await stream.publish(events);
        expect(runs).toEqual([]);
        expect((await stream.head(room)).offset).toBe(0);
        expect((await stream.tail(room, 0, 10))?.events).toEqual([]);
        await stream.confirm(events);
        expect(runs).toHaveLength(1);
        expect((await stream.head(room)).offset).toBe(3);
      }));

    test("what is confirmed out of order is announced in order", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const [one, two, three] = samplePosts(room, 3);
        await stream.publish([one!, two!, three!]);
        await stream.confirm([three!]);
        await stream.confirm([two!]);
        expect(runs).toEqual([]);
        await stream.confirm([one!]);
        expect(heard(runs).map((event) => event.offset)).toEqual([1, 2, 3]);
      }));

    test("what is announced is the event as it was confirmed", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const { id, author, at } = samplePost(room, "unstorable");
        const event = { ...samplePost(room, "unstorable"), id, author, at };
        await stream.publish([event]);
        await stream.confirm([{ id, room, author, at, type: "event.discarded" }]);
        expect(heard(runs)).toEqual([{ id, room, author, at, type: "event.discarded", offset: 1 }]);
      }));

    test("an event of a room the store does not know is refused, and nothing of the call happens", () =>
      withRoom(async (stream, room) => {
        const [fine, lost] = [samplePost(room, "fine"), samplePost(sampleRoom(), "lost")];
        await expect(stream.publish([fine, lost])).rejects.toMatchObject({ code: "not-found" });
        expect(await stream.publish([fine])).toMatchObject([{ offset: 1, fresh: true }]);
      }));

    test("confirming another author's event under the same id announces nothing", () =>
      withRoom(async (stream, room) => {
        const runs = await listen(stream, room);
        const event = samplePost(room, "mine", { author: samplePerson("Ada") });
        await stream.publish([event]);
        await stream.confirm([{ ...event, author: samplePerson("Eve") }, samplePost(room, "never published")]);
        expect(runs).toEqual([]);
      }));
  });
}
