/** What every store makes of events that change messages: edits, deletions, and answers that grow. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { Answer } from "#domain/answer.ts";
import { erasedAmong } from "#domain/erased.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import type { Author, User } from "#domain/user.ts";
import { newId, type OpenStores, openStory, openTalk, type Stores, type Story } from "./store-world.ts";

export function changesSuite(name: string, open: OpenStores): void {
  describe(`changed messages: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;
    let posted: RoomEvent;

    beforeEach(async () => {
      ({ stores, ada, bob, story, posted } = await openTalk(open, true));
    });

    const edit = (text: string, { by = ada as Author, mentions = [] as User[], message = posted.id } = {}) =>
      story.next(by, { type: "message.edited", message, text, mentions: mentions.map(({ id }) => id) });
    const deletion = (by: Author = ada) => story.next(by, { type: "message.deleted", message: posted.id });
    const deletedBy = (by: Author, message: EventId) => story.next(by, { type: "message.deleted", message });
    const messages = async () => await stores.events.messages(story.room.id, { limit: 10 });
    const counts = async () => await stores.rooms.readState(story.room.id, bob.id);

    test("the names that stand out are kept with the text that has them", async () => {
      const named = (message: (typeof posted)["id"], names?: readonly string[]) =>
        story.next(ada, {
          ...{ type: "message.edited", message, text: "@bob_", mentions: [bob.id] },
          ...(names && { named: names }),
        });
      const post = story.next(ada, { type: "message.posted", text: "@ana. x", mentions: [], named: ["ana."] });
      await story.write(post, named(posted.id, ["bob_"]));
      const kept = async () => (await stores.events.messages(story.room.id, { limit: 5 })).map((one) => one.named);
      expect(await kept()).toEqual([["bob_"], ["ana."]]);
      const { entries } = await stores.events.timeline(story.room.id, { limit: 2 });
      expect(entries.map((entry) => entry.kind === "message" && entry.message.named)).toEqual([["bob_"], ["ana."]]);
      expect((await stores.events.chain(story.room.id, post.id, 1))[0]?.named).toEqual(["ana."]);
      await story.write(named(posted.id), story.next(ada, { type: "message.deleted", message: post.id }));
      expect(await kept()).toEqual([undefined, undefined]);
    });

    test("a message reads as it was last edited, at its old place, and names whom it names now", async () => {
      expect(await counts()).toMatchObject({ unread: 1, mentions: 1 });
      const second = edit("second", { mentions: [bob] });
      const last = edit("third");
      await story.write(second, last);
      const { id, room, offset, at } = posted;
      const author = { id: ada.id, name: ada.name };
      expect(await messages()).toEqual([
        { id, room, offset, author, at, text: "third", mentions: [], editedAt: last.at },
      ]);
      expect(await counts()).toMatchObject({ unread: 1, mentions: 0 });
      await story.write(edit("fourth", { mentions: [bob] }));
      expect(await counts()).toMatchObject({ unread: 1, mentions: 1 });
    });

    test("the timeline shows the message alone, the events show each change at its offset", async () => {
      const changes = [edit("second"), deletion()];
      await story.write(...changes);
      const { entries: timeline } = await stores.events.timeline(story.room.id, { limit: 10 });
      expect(timeline.map((entry) => (entry.kind === "message" ? entry.message.deleted : entry.event.type))).toEqual([
        "member.joined",
        "member.joined",
        true,
      ]);
      const events = await stores.events.events(story.room.id, { after: posted.offset, limit: 10 });
      expect(events).toEqual([...erasedAmong(changes)]);
    });

    test("a deleted message says nothing, names nobody, counts for nobody, and stays deleted", async () => {
      await story.write(deletion());
      await story.write(edit("back again", { mentions: [bob] }));
      expect(await messages()).toMatchObject([{ id: posted.id, text: "", mentions: [], deleted: true }]);
      expect(await counts()).toMatchObject({ unread: 0, mentions: 0 });
    });

    test("a message, its edit and its deletion may come in one batch, in that order", async () => {
      const other = story.post(ada, "one", [bob.id]);
      await story.write(
        other,
        story.next(ada, { type: "message.edited", message: other.id, text: "two", mentions: [] }),
        story.next(ada, { type: "message.deleted", message: posted.id }),
        edit("too late"),
      );
      expect(await messages()).toMatchObject([
        { text: "", deleted: true },
        { id: other.id, text: "two" },
      ]);
    });

    test("nobody changes another's message, another room's, or none", async () => {
      const elsewhere = await openStory(stores, ada, [ada]);
      await elsewhere.write(
        elsewhere.next(ada, { type: "message.edited", message: posted.id, text: "from afar", mentions: [] }),
      );
      await story.write(edit("by bob", { by: bob }), deletion(bob), edit("of none", { message: newId<EventId>() }));
      expect(await messages()).toMatchObject([{ text: "first", mentions: [bob.id] }]);
      expect((await messages())[0]?.editedAt).toBeUndefined();
    });

    test("an answer ends without looking edited, and keeps what it answers", async () => {
      const answer: Answer = { question: posted.id, asker: ada.id, state: "growing" };
      const growing = story.next(bob, { type: "message.posted", text: "", mentions: [], answer });
      await story.write(growing);
      expect((await messages()).at(-1)).toMatchObject({ text: "", answer });
      const complete: Answer = { ...answer, state: "complete" };
      await story.write(
        story.next(bob, {
          type: "message.edited",
          message: growing.id,
          text: "forty-two",
          mentions: [],
          answer: complete,
        }),
      );
      const last = (await messages()).at(-1);
      expect(last).toMatchObject({ text: "forty-two", answer: complete });
      expect(last?.editedAt).toBeUndefined();
    });

    test("answers that have not ended are found by their author", async () => {
      const answer: Answer = { question: posted.id, asker: ada.id, state: "growing" };
      const growing = [1, 2].map(() => story.next(bob, { type: "message.posted", text: "", mentions: [], answer }));
      await story.write(...growing);
      const found = async () => (await stores.events.growing(bob.id, 10)).map(({ id }) => id).sort();
      expect(await found()).toEqual(growing.map(({ id }) => id).sort());
      expect(await stores.events.growing(bob.id, 1)).toHaveLength(1);
      const [first, second] = growing.map(({ id }) => id);
      if (first === undefined || second === undefined) throw new Error("there are two");
      const end = { text: "", mentions: [], answer: { ...answer, state: "stopped" } } as const;
      await story.write(story.next(bob, { type: "message.edited", message: first, ...end }), deletedBy(bob, second));
      expect(await found()).toEqual([]);
    });

    test("messages that name somebody are found since a time, the newest ones, oldest first", async () => {
      const named = [story.post(ada, "two", [bob.id]), story.post(ada, "no"), story.post(ada, "three", [bob.id])];
      await story.write(...named);
      const texts = async (since: string, limit = 10) =>
        (await stores.events.naming(bob.id, since, limit)).map(({ text }) => text);
      expect(await texts(posted.at)).toEqual(["first", "two", "three"]);
      expect(await texts(named[0]?.at ?? "")).toEqual(["two", "three"]);
      expect(await texts(posted.at, 2)).toEqual(["two", "three"]);
    });
  });
}
