/** What every store leaves of the events of a deleted message: their places, and no word of it. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { Answer } from "#domain/answer.ts";
import { erasedAmong } from "#domain/erased.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import type { Author, User } from "#domain/user.ts";
import { newId, type OpenStores, openStory, openTalk, type Stores, type Story } from "./store-world.ts";

export function erasingSuite(name: string, open: OpenStores): void {
  describe(`erased events: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;
    let posted: RoomEvent;

    beforeEach(async () => {
      ({ stores, ada, bob, story, posted } = await openTalk(open, true));
    });

    const edit = (text: string, by: Author = ada, message = posted.id) =>
      story.next(by, { type: "message.edited", message, text, mentions: [bob.id], named: ["bob"] });
    const deletion = (by: Author = ada, message = posted.id) => story.next(by, { type: "message.deleted", message });
    const reply = () => {
      const { id, offset, author } = posted;
      const replyTo = { id, offset, author, text: "first" };
      return story.next(bob, { type: "message.posted", text: "yes", mentions: [ada.id], replyTo });
    };
    const stored = async (of = story) =>
      await stores.events.events(of.room.id, { after: posted.offset - 1, limit: 1_000, from: "oldest" });

    test("they say of themselves what the domain says of them, whatever was in between", async () => {
      const events = [edit("second"), story.post(bob, "other"), edit("third"), reply(), deletion()];
      await story.write(...events.slice(0, 3));
      await story.write(...events.slice(3));
      expect(await stored()).toEqual([...erasedAmong([posted, ...events])]);
      expect(JSON.stringify(await stored())).not.toMatch(/first|second|third/);
    });

    test("a message, its edits, its reply and its deletion may come in one batch", async () => {
      const post = story.post(ada, "new", [bob.id]);
      const events = [post, edit("newer", ada, post.id), deletion(ada, post.id)];
      await story.write(...events);
      expect((await stored()).slice(1)).toEqual([...erasedAmong(events)]);
    });

    test("what a bot answered, and whose question, stays", async () => {
      const answer: Answer = { question: posted.id, asker: ada.id, state: "complete" };
      const post = story.next(bob, { type: "message.posted", text: "said", mentions: [], answer });
      const ended = story.next(bob, { type: "message.edited", message: post.id, text: "more", mentions: [], answer });
      await story.write(post, ended, deletion(bob, post.id));
      expect((await stored()).slice(1)).toMatchObject([
        { text: "", answer, deleted: true },
        { text: "", answer, deleted: true },
        { type: "message.deleted" },
      ]);
    });

    test("an edit that is stored after the deletion is stored without its words", async () => {
      const [late, gone] = [edit("late"), deletion()];
      await story.write(gone);
      await story.write(late);
      expect(await stored()).toEqual([...erasedAmong([posted, late, gone])]);
    });

    test("so is a message, and it is a deleted one from the beginning", async () => {
      const [post, gone] = [story.post(ada, "late", [bob.id]), deletion(ada, newId<EventId>())];
      const counts = await stores.rooms.readState(story.room.id, bob.id);
      await story.write({ ...gone, message: post.id } as RoomEvent);
      await story.write(post);
      expect((await stored())[1]).toMatchObject({ id: post.id, text: "", mentions: [], deleted: true });
      const [message] = await stores.events.messages(story.room.id, { limit: 1 });
      expect(message).toMatchObject({ id: post.id, text: "", mentions: [], deleted: true });
      expect(await stores.rooms.readState(story.room.id, bob.id)).toMatchObject({
        unread: counts?.unread,
        mentions: 1,
      });
    });

    test("the log read again changes nothing", async () => {
      const events = [edit("second"), deletion()];
      await story.write(...events);
      const before = await stored();
      await story.write(posted, ...events);
      await story.write(...events.toReversed());
      expect(await stored()).toEqual(before);
    });

    test("a deletion by anybody else, or of a message of another room, takes nothing away", async () => {
      const elsewhere = await openStory(stores, ada, [ada]);
      const far = elsewhere.next(ada, { type: "message.deleted", message: posted.id });
      const events = [edit("second"), deletion(bob)];
      await story.write(...events);
      await elsewhere.write(far);
      expect(await stored()).toEqual([posted, ...events]);
    });

    test("an edit by somebody else, which never counted, is not the message's", async () => {
      const events = [edit("by bob", bob), deletion()];
      await story.write(...events);
      expect((await stored())[1]).toEqual(events[0]!);
    });
  });
}
