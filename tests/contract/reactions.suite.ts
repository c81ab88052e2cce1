/** What every store makes of reactions, however they are split into batches. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { EventBody, RoomEvent } from "#domain/events.ts";
import type { EventId, UserId } from "#domain/ids.ts";
import { maxEmojiPerMessage, maxReactionsPerMessage } from "#domain/reaction.ts";
import { eventBytes, messageBytes } from "#domain/sizes.ts";
import type { User } from "#domain/user.ts";
import { newId, type OpenStores, openStory, openTalk, type Stores, type Story } from "./store-world.ts";

export function reactionsSuite(name: string, open: OpenStores): void {
  describe(`reactions: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;
    let posted: RoomEvent;

    beforeEach(async () => {
      ({ stores, ada, bob, story, posted } = await openTalk(open));
    });

    const reaction = (type: "reaction.added" | "reaction.removed", by: User, emoji: string, message: EventId) =>
      story.next(by, { type, message, emoji } satisfies EventBody);
    const add = (by: User, emoji = "👍", message = posted.id) => reaction("reaction.added", by, emoji, message);
    const remove = (by: User, emoji = "👍", message = posted.id) => reaction("reaction.removed", by, emoji, message);
    const shown = async (room = story.room.id) => await stores.events.messages(room, { limit: 10 });
    const reactions = async () => (await shown())[0]?.reactions;

    /** People come and go, some twice: who stays stands in the order of their last coming. */
    const comingAndGoing = () => [
      add(ada),
      add(bob, "🎉"),
      add(bob),
      add(ada),
      remove(ada),
      remove(bob, "🎉"),
      add(ada),
      add(bob, "🎉"),
      remove(bob, "❤️"),
    ];
    const outcome = () => [
      { emoji: "👍", users: [bob.id, ada.id] },
      { emoji: "🎉", users: [bob.id] },
    ];

    test("one batch and one batch for each event leave the same", async () => {
      await story.write(...comingAndGoing());
      expect(await reactions()).toEqual(outcome());
      const again = await openStory(stores, ada, [ada, bob]);
      [story, posted] = [again, again.post(ada, "first")];
      await story.write(posted);
      for (const event of comingAndGoing()) await story.write(event);
      expect(await reactions()).toEqual(outcome());
    });

    test("a window in bytes counts them, and who is named, as pages do", async () => {
      const naming = story.next(ada, { type: "message.posted", text: "hi @bob", mentions: [bob.id], named: ["bob"] });
      await story.write(
        posted,
        naming,
        add(ada, "👍", naming.id),
        add(bob, "👍", naming.id),
        add(bob, "🎉", naming.id),
      );
      const [, last] = await shown();
      const bytes = last === undefined ? 0 : messageBytes(last);
      const window = async (maxBytes: number) =>
        (await stores.events.messages(story.room.id, { limit: 10, maxBytes })).map(({ id }) => id);
      expect(await window(bytes)).toEqual([naming.id]);
      expect(await window(bytes + 1)).toEqual([posted.id, naming.id]);
      const events = async (maxBytes: number) =>
        (await stores.events.events(story.room.id, { after: posted.offset - 1, limit: 10, maxBytes, from: "oldest" }))
          .length;
      const first = eventBytes(posted) + eventBytes(naming);
      expect([await events(first), await events(first + 1)]).toEqual([2, 3]);
    });

    test("forms of one emoji are one, whoever wrote which; a colour of skin is another", async () => {
      const [asked, flag, bare] = ["👍\uFE0F", "🏳️‍🌈", "🏳\u200D🌈"];
      await story.write(add(ada), add(bob, asked), add(ada, bare), add(bob, flag), add(bob, "👍🏽"), add(bob));
      expect(await reactions()).toEqual([
        { emoji: "👍", users: [ada.id, bob.id] },
        { emoji: flag, users: [ada.id, bob.id] },
        { emoji: "👍🏽", users: [bob.id] },
      ]);
      await story.write(remove(bob, asked), remove(ada, flag), remove(ada, asked));
      expect(await reactions()).toEqual([
        { emoji: flag, users: [bob.id] },
        { emoji: "👍🏽", users: [bob.id] },
      ]);
    });

    test("a message and its reactions may come in one batch, and in the timeline they are at the message", async () => {
      const other = story.post(bob, "second");
      await story.write(other, add(ada, "👩‍🚀", other.id), add(bob), add(bob, "👩‍🚀", other.id));
      const { entries: timeline } = await stores.events.timeline(story.room.id, { limit: 2 });
      expect(timeline.map((entry) => entry.kind === "message" && entry.message.reactions)).toEqual([
        [{ emoji: "👍", users: [bob.id] }],
        [{ emoji: "👩‍🚀", users: [ada.id, bob.id] }],
      ]);
    });

    test("twice the same is once; a batch stored before changes nothing, nor does part of it", async () => {
      const batch = [add(ada), add(ada), add(bob, "🎉")];
      await story.write(...batch);
      const after = [remove(ada), add(ada, "🎉")];
      await story.write(...after);
      const left = [{ emoji: "🎉", users: [bob.id, ada.id] }];
      expect(await reactions()).toEqual(left);
      await story.write(...batch, ...after);
      await story.write(...batch.slice(1), add(bob, "🎉"));
      expect(await reactions()).toEqual(left);
    });

    test("without any left a message looks as it did, and the events tell each", async () => {
      const [before] = await shown();
      const events = [add(ada), remove(ada)];
      await story.write(...events);
      expect(await shown()).toEqual(before === undefined ? [] : [before]);
      expect(await stores.events.events(story.room.id, { after: posted.offset, limit: 10 })).toEqual(events);
    });

    test("a deleted message has none, whether they came before, with or after the deletion", async () => {
      const deletion = (message: EventId) => story.next(ada, { type: "message.deleted", message });
      const others = [story.post(ada, "second"), story.post(ada, "third")] as const;
      await story.write(...others, add(bob), add(bob, "👍", others[0].id));
      await story.write(deletion(posted.id), add(bob, "🎉", others[0].id), deletion(others[0].id), add(ada));
      await story.write(add(bob, "❤️"), add(bob, "❤️", others[0].id), add(bob, "❤️", others[1].id));
      const [first, second, third] = await shown();
      for (const gone of [first, second]) expect([gone?.deleted, gone?.reactions]).toEqual([true, undefined]);
      expect(third?.reactions).toEqual([{ emoji: "❤️", users: [bob.id] }]);
    });

    test("so many emoji and so many reactions are there, however many were added at once", async () => {
      const faces = Array.from({ length: 50 }, (_, n) => String.fromCodePoint(0x1f600 + n));
      await story.write(...faces.slice(0, 10).map((face) => add(ada, face)));
      await story.write(...faces.slice(10).map((face) => add(bob, face)), add(bob, faces[0]));
      const there = (await reactions()) ?? [];
      expect(there.map(({ emoji }) => emoji)).toEqual(faces.slice(0, maxEmojiPerMessage));
      expect(there[0]?.users).toEqual([ada.id, bob.id]);
      const crowd = Array.from({ length: maxReactionsPerMessage }, () => ({ ...bob, id: newId<UserId>() }));
      await story.write(...crowd.map((each) => add(each, faces[0])));
      const count = ((await reactions()) ?? []).reduce((sum, { users }) => sum + users.length, 0);
      expect(count).toBe(maxReactionsPerMessage);
    });

    test("an edit keeps them", async () => {
      await story.write(add(bob));
      const edit = story.next(ada, { type: "message.edited", message: posted.id, text: "better", mentions: [] });
      await story.write(edit, add(ada));
      expect(await shown()).toMatchObject([{ text: "better", reactions: [{ emoji: "👍", users: [bob.id, ada.id] }] }]);
    });

    test("a message of another room, and none at all, get nothing", async () => {
      const elsewhere = await openStory(stores, ada, [ada]);
      await elsewhere.write(elsewhere.next(ada, { type: "reaction.added", message: posted.id, emoji: "👍" }));
      await story.write(add(ada, "👍", newId<EventId>()), add(ada, "👍", (await joining()).id));
      expect(await reactions()).toBeUndefined();
      expect(await shown(elsewhere.room.id)).toEqual([]);
    });

    const joining = async () => {
      const [event] = await stores.events.events(story.room.id, { limit: 1, from: "oldest" });
      if (event === undefined) throw new Error("somebody joined");
      return event;
    };
  });
}
