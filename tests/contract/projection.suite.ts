/** What every store derives from the events that are written: memberships, topics, unread counts, mentions. */
import { beforeEach, describe, expect, test } from "bun:test";
import { maxUnread } from "#domain/room.ts";
import type { User } from "#domain/user.ts";
import { addPerson, newId, type OpenStores, openStory, type Stores, type Story } from "./store-world.ts";

export function projectionSuite(name: string, open: OpenStores): void {
  describe(`projections: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;

    beforeEach(async () => {
      stores = await open();
      [ada, bob] = [await addPerson(stores), await addPerson(stores)];
      story = await openStory(stores, ada, []);
    });

    const access = async (user: User) => await stores.rooms.access(story.room.id, user.id);
    const memberCount = async () => (await access(ada))?.room.memberCount;
    const readState = async (user: User) => await stores.rooms.readState(story.room.id, user.id);

    test("joining makes a member who has read up to the joining, leaving ends it", async () => {
      const joined = [story.post(ada, "before"), story.joined(ada), story.joined(bob)];
      await story.write(...joined);
      expect((await access(bob))?.membership).toEqual({
        user: bob.id,
        room: story.room.id,
        joinedAt: joined[2]?.at ?? "",
        readOffset: 3,
      });
      expect(await memberCount()).toBe(2);
      await story.write(story.left(bob));
      expect((await access(bob))?.membership).toBeUndefined();
      expect(await memberCount()).toBe(1);
      expect(await stores.rooms.roomIdsOf(bob.id)).toEqual([]);
    });

    test("in one batch the last of joining and leaving counts", async () => {
      const stay = [story.joined(ada), story.left(ada), story.joined(ada)];
      const go = [story.joined(bob), story.left(bob), story.joined(bob), story.left(bob)];
      await story.write(...stay, ...go);
      expect((await access(ada))?.membership?.readOffset).toBe(3);
      expect((await access(bob))?.membership).toBeUndefined();
      expect(await memberCount()).toBe(1);
    });

    test("joining again while a member changes nothing; leaving and coming back starts anew", async () => {
      await story.write(story.joined(ada));
      await story.write(story.joined(ada));
      expect((await access(ada))?.membership?.readOffset).toBe(1);
      expect(await memberCount()).toBe(1);
      await story.write(story.left(ada), story.joined(ada));
      expect((await access(ada))?.membership?.readOffset).toBe(4);
      expect(await memberCount()).toBe(1);
      await story.write(story.left(bob));
      expect(await memberCount()).toBe(1);
    });

    test("an old joining that is written again does not bring someone back", async () => {
      const joined = story.joined(ada);
      await story.write(joined);
      await story.write(story.left(ada));
      await story.write(joined);
      expect((await access(ada))?.membership).toBeUndefined();
      expect(await memberCount()).toBe(0);
    });

    test("the last topic of a batch counts", async () => {
      const topic = (text: string) => story.next(ada, { type: "room.topic-changed", topic: text });
      await story.write(topic("one"), topic("two"));
      expect((await access(ada))?.room).toMatchObject({ topic: "two", offset: 2 });
      await story.write(topic(""));
      expect((await access(ada))?.room.topic).toBe("");
    });

    test("unread are the others' messages after the mark, mentions those that name the reader", async () => {
      await story.write(
        story.joined(ada),
        story.joined(bob),
        story.next(ada, { type: "room.topic-changed", topic: "T" }),
      );
      const posts = [
        story.post(ada, "@bob", [bob.id]),
        story.post(bob, "@bob myself", [bob.id]),
        story.post(ada, "@both", [ada.id, bob.id]),
        story.post(ada, "nobody"),
        story.post(ada, "a stranger", [newId()]),
      ];
      await story.write(...posts);
      await story.write(...posts);
      expect(await readState(bob)).toMatchObject({ room: story.room.id, readOffset: 2, unread: 4, mentions: 2 });
      expect(await readState(ada)).toMatchObject({ room: story.room.id, readOffset: 1, unread: 1, mentions: 0 });
    });

    test("the read mark moves forward and never back", async () => {
      await story.write(story.joined(ada), story.joined(bob));
      await story.write(...Array.from({ length: 6 }, (_, index) => story.post(ada, `m${index}`, [bob.id])));
      const mark = async (offset: number) => await stores.rooms.markRead(story.room.id, bob.id, offset);
      expect(await mark(5)).toEqual({ room: story.room.id, readOffset: 5, unread: 3, mentions: 3, offset: 8 });
      expect(await mark(3)).toEqual({ room: story.room.id, readOffset: 5, unread: 3, mentions: 3, offset: 8 });
      await Promise.all([mark(7), mark(6), mark(8), mark(5)]);
      expect(await readState(bob)).toEqual({ room: story.room.id, readOffset: 8, unread: 0, mentions: 0, offset: 8 });
      const stranger = await addPerson(stores);
      expect(await stores.rooms.markRead(story.room.id, stranger.id, 5)).toBeUndefined();
      expect(await readState(stranger)).toBeUndefined();
    });

    test("counts stop at the limit", async () => {
      await story.write(story.joined(ada), story.joined(bob));
      const posts = Array.from({ length: maxUnread + 5 }, (_, index) => story.post(ada, `m${index}`, [bob.id]));
      await story.write(...posts.slice(0, maxUnread - 1));
      expect(await readState(bob)).toMatchObject({ unread: maxUnread - 1, mentions: maxUnread - 1 });
      await story.write(...posts.slice(maxUnread - 1));
      expect(await readState(bob)).toMatchObject({ unread: maxUnread, mentions: maxUnread });
      expect(await stores.rooms.joinedBy(bob.id)).toMatchObject([{ unread: maxUnread, mentions: maxUnread }]);
    });
  });
}
