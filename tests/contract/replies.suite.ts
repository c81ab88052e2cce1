/** What every store makes of messages that answer others: what is answered is shown as it reads now, and followed back. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { excerptOf, maxExcerptSource, maxQuoteCharacters, type Quote } from "#domain/quote.ts";
import type { Author, User } from "#domain/user.ts";
import { newId, type OpenStores, openStory, openTalk, type Stores, type Story } from "./store-world.ts";

export function repliesSuite(name: string, open: OpenStores): void {
  describe(`replies: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;
    let posted: RoomEvent;

    beforeEach(async () => {
      ({ stores, ada, bob, story, posted } = await openTalk(open));
    });

    const quoteOf = ({ id, offset, author }: RoomEvent, text: string): Quote => ({ id, offset, author, text });
    const reply = (to: Quote, text = "yes", by: Author = bob, at = story) =>
      at.next(by, { type: "message.posted", text, mentions: [to.author.id], replyTo: to });
    const edit = (by: Author, message: EventId, text: string) =>
      story.next(by, { type: "message.edited", message, text, mentions: [] });
    const deletion = (by: Author, message: EventId) => story.next(by, { type: "message.deleted", message });

    /** The newest message, however it is read: it must be the same. */
    async function newest(room = story.room.id): Promise<Message | undefined> {
      const message = (await stores.events.messages(room, { limit: 1 })).at(-1);
      const entry = (await stores.events.timeline(room, { limit: 1 })).entries.at(-1);
      expect(entry).toEqual(message && { kind: "message", message });
      return message;
    }

    test("a reply shows what it answers, and so does its event, as that reads now", async () => {
      const event = reply(quoteOf(posted, "first"));
      await story.write(event);
      expect(await newest()).toMatchObject({ id: event.id, replyTo: quoteOf(posted, "first") });
      const read = async () =>
        (await stores.events.events(story.room.id, { after: posted.offset, limit: 1, from: "oldest" }))[0];
      expect(await read()).toEqual(event);
      await story.write(edit(ada, posted.id, "second"));
      expect(await read()).toEqual({ ...event, replyTo: quoteOf(posted, "second") } as RoomEvent);
      await story.write(deletion(ada, posted.id));
      expect(await read()).toEqual({ ...event, replyTo: { ...quoteOf(posted, ""), deleted: true } } as RoomEvent);
    });

    test("the words of what is not there are not kept for it", async () => {
      const event = reply({ ...quoteOf(posted, "first"), id: newId<EventId>() });
      await story.write(event);
      const [read] = await stores.events.events(story.room.id, { after: posted.offset, limit: 1 });
      expect(read).toMatchObject({ id: event.id, replyTo: { text: "" } });
    });

    test("what is answered and its reply may come in one batch", async () => {
      const other = story.post(ada, "second");
      await story.write(other, reply(quoteOf(other, "second")));
      expect((await newest())?.replyTo).toEqual(quoteOf(other, "second"));
    });

    test("what is answered reads as it does now, whatever it said and wherever it was said to stand", async () => {
      await story.write(reply({ ...quoteOf(posted, "as it was"), offset: 999 }));
      expect((await newest())?.replyTo).toEqual(quoteOf(posted, "first"));
      await story.write(edit(ada, posted.id, "**second**\n\nline"));
      expect((await newest())?.replyTo).toEqual(quoteOf(posted, "second line"));
      await story.write(deletion(ada, posted.id));
      expect((await newest())?.replyTo).toEqual({ ...quoteOf(posted, ""), deleted: true });
    });

    test.each([
      "x".repeat(5_000),
      `${" \n".repeat(maxExcerptSource)}late`,
      "🙂".repeat(maxQuoteCharacters),
      "🙂 ".repeat(maxExcerptSource),
    ])("an excerpt of a long text is the one that was sent with it", async (text) => {
      await story.write(edit(ada, posted.id, text), reply(quoteOf(posted, "")));
      expect((await newest())?.replyTo?.text).toBe(excerptOf(text));
    });

    test("an edited reply still answers, a deleted one does not", async () => {
      const event = reply(quoteOf(posted, "first"));
      await story.write(event, edit(bob, event.id, "no"));
      expect(await newest()).toMatchObject({ text: "no", replyTo: quoteOf(posted, "first") });
      await story.write(deletion(bob, event.id));
      expect(await newest()).toMatchObject({ id: event.id, deleted: true });
      expect(await newest()).not.toHaveProperty("replyTo");
    });

    test("nothing of another room is shown, and nothing that is no message", async () => {
      const elsewhere = await openStory(stores, ada, [ada, bob]);
      await elsewhere.write(reply(quoteOf(posted, "first"), "from afar", bob, elsewhere));
      expect(await newest(elsewhere.room.id)).toMatchObject({ text: "from afar" });
      expect(await newest(elsewhere.room.id)).not.toHaveProperty("replyTo");
      await story.write(reply({ ...quoteOf(posted, "first"), id: newId<EventId>() }, "to nothing"));
      expect(await newest()).not.toHaveProperty("replyTo");
    });

    test("messages found by whom they name have it, too", async () => {
      await story.write(reply(quoteOf(posted, "first")));
      expect(await stores.events.naming(ada.id, posted.at, 10)).toMatchObject([
        { text: "yes", replyTo: quoteOf(posted, "first") },
      ]);
    });

    describe("a chain", () => {
      const texts = async (from: EventId, limit = 8) =>
        (await stores.events.chain(story.room.id, from, limit)).map(({ text }) => text);

      test("goes back from answer to answer, over a bot's answers to their questions, up to its limit", async () => {
        const question = reply(quoteOf(posted, "first"), "question");
        const answer = story.next(ada, {
          type: "message.posted",
          text: "answer",
          mentions: [],
          answer: { question: question.id, asker: bob.id, state: "complete" },
        });
        const last = reply(quoteOf(answer, "answer"), "last");
        await story.write(question, story.post(ada, "between"), answer, last);
        expect(await texts(last.id)).toEqual(["last", "answer", "question", "first"]);
        expect(await texts(last.id, 2)).toEqual(["last", "answer"]);
        expect(await texts(last.id, 0)).toEqual([]);
        expect(await stores.events.chain(story.room.id, question.id, 1)).toMatchObject([
          { id: question.id, replyTo: quoteOf(posted, "first") },
        ]);
      });

      test("ends before what was deleted, and at the door of the room", async () => {
        const middle = reply(quoteOf(posted, "first"), "middle");
        const last = reply(quoteOf(middle, "middle"), "last");
        await story.write(middle, last, deletion(bob, middle.id));
        expect(await texts(last.id)).toEqual(["last"]);
        expect(await texts(middle.id)).toEqual([]);
        expect(await texts(newId())).toEqual([]);
        const elsewhere = await openStory(stores, ada, [ada, bob]);
        const guest = reply(quoteOf(posted, "first"), "guest", bob, elsewhere);
        await elsewhere.write(guest);
        expect(await stores.events.chain(elsewhere.room.id, guest.id, 8)).toMatchObject([{ text: "guest" }]);
        expect(await stores.events.chain(elsewhere.room.id, posted.id, 8)).toEqual([]);
      });

      test("that runs in a circle ends at its limit", async () => {
        const [one, other] = [newId<EventId>(), newId<EventId>()];
        const to = (id: EventId): Quote => ({ id, offset: 1, author: { id: bob.id, name: bob.name }, text: "" });
        await story.write({ ...reply(to(other), "one"), id: one }, { ...reply(to(one), "other"), id: other });
        expect(await texts(one, 5)).toEqual(["one", "other", "one", "other", "one"]);
      });
    });
  });
}
