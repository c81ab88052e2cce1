/** What every store of invitations promises. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { RoomId } from "#domain/ids.ts";
import {
  declinedMs,
  invitationMs,
  maxDeclined,
  maxInvitationsWaiting,
  maxOpenInvitations,
} from "#domain/invitations.ts";
import type { User } from "#domain/user.ts";
import {
  addPerson,
  expectCode,
  type OpenStores,
  openStory,
  type Stores,
  type Story,
  timeAfter,
} from "./store-world.ts";

export function invitationStoreSuite(name: string, open: OpenStores): void {
  describe(`invitation store: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;
    let story: Story;

    beforeEach(async () => {
      stores = await open();
      [ada, bob] = [await addPerson(stores), await addPerson(stores)];
      story = await openStory(stores, ada, [ada], { visibility: "private" });
    });

    const invite = async (to: User, more: { by?: User; room?: RoomId; atMs?: number } = {}) =>
      await stores.invitations.invite({
        room: more.room ?? story.room.id,
        to: to.id,
        by: (more.by ?? ada).id,
        at: timeAfter(more.atMs ?? 0),
      });
    const listed = async (user: User, atMs = 1) =>
      (await stores.invitations.listFor(user.id, timeAfter(atMs))).map(({ room }) => room.id);
    const find = async (user: User, ref: string) => await stores.invitations.find(user.id, ref, timeAfter(1));
    const waiting = async (user: User) => (await stores.rooms.sidebarOf(user.id, timeAfter(1))).waiting.invitations;

    test("an invitation is found by its person alone, by the room's id and slug", async () => {
      expect(await invite(bob)).toBe(true);
      const { id, slug } = story.room;
      for (const ref of [id, slug]) {
        expect(await find(bob, ref)).toMatchObject({ room: { id, slug }, by: { id: ada.id, name: ada.name } });
        expect(await find(ada, ref)).toBeUndefined();
      }
      expect((await stores.invitations.listFor(bob.id, timeAfter(1)))[0]?.at).toBe(timeAfter(0));
      expect(await waiting(bob)).toBe(1);
      expect(await waiting(ada)).toBe(0);
      await stores.invitations.remove(bob.id, id);
      expect(await listed(bob)).toEqual([]);
    });

    test("a second inviter adds nothing, but for one who takes the place of somebody who left", async () => {
      const eve = await addPerson(stores);
      await story.write(story.joined(eve));
      expect(await invite(bob)).toBe(true);
      expect(await invite(bob, { by: eve })).toBe(false);
      expect((await find(bob, story.room.id))?.by.id).toBe(ada.id);
      await story.write(story.left(ada));
      expect(await find(bob, story.room.id)).toBeUndefined();
      expect(await waiting(bob)).toBe(0);
      expect(await invite(bob, { by: eve })).toBe(true);
      expect((await find(bob, story.room.id))?.by.id).toBe(eve.id);
    });

    test("a member has no invitation, and an old one stands no more", async () => {
      await invite(bob);
      expect(await listed(bob, invitationMs - 1)).toEqual([story.room.id]);
      expect(await listed(bob, invitationMs)).toEqual([]);
      await story.write(story.joined(bob));
      expect(await listed(bob)).toEqual([]);
      expect(await waiting(bob)).toBe(0);
    });

    test("whoever was declined a few times reaches the person no more with any room, others do, and so do they after a while", async () => {
      const eve = await addPerson(stores);
      const rooms = await Promise.all(
        Array.from({ length: maxDeclined + 2 }, async () => await openStory(stores, ada, [ada, eve])),
      );
      const [last, other] = rooms.map(({ room }) => room.id).slice(-2);
      for (const { room } of rooms.slice(0, maxDeclined)) {
        expect(await invite(bob, { room: room.id })).toBe(true);
        await stores.invitations.decline(bob.id, room.id, timeAfter(1));
      }
      expect(await invite(bob, { room: last as RoomId, atMs: 2 })).toBe(false);
      expect(await listed(bob, 3)).toEqual([]);
      expect(await invite(eve, { room: story.room.id, atMs: 3 })).toBe(true);
      expect(await invite(bob, { room: other as RoomId, by: eve, atMs: 4 })).toBe(true);
      expect(await invite(bob, { room: last as RoomId, atMs: declinedMs + 2 })).toBe(true);
    });

    test("one that was declined comes again after a while, not at once", async () => {
      await invite(bob);
      await stores.invitations.decline(bob.id, story.room.id, timeAfter(1));
      expect(await listed(bob, 2)).toEqual([]);
      expect(await invite(bob, { atMs: declinedMs })).toBe(false);
      expect(await listed(bob, declinedMs)).toEqual([]);
      expect(await invite(bob, { atMs: declinedMs + 1 })).toBe(true);
      expect(await listed(bob, declinedMs + 2)).toEqual([story.room.id]);
    });

    test("somebody has so many open invitations, however many they send at once; declining and joining free none and one", async () => {
      const people = await Promise.all(Array.from({ length: 50 }, () => addPerson(stores)));
      const sent = await Promise.allSettled(people.map((person) => invite(person)));
      expect(sent.filter(({ status }) => status === "fulfilled")).toHaveLength(maxOpenInvitations);
      const [one, other] = people.filter((_, at) => sent[at]?.status === "fulfilled") as [User, User];
      await stores.invitations.decline(one.id, story.room.id, timeAfter(1));
      await expectCode(invite(bob, { atMs: 2 }), "forbidden");
      await stores.invitations.remove(other.id, story.room.id);
      expect(await invite(bob, { atMs: 2 })).toBe(true);
    });

    test("of too many to one person the oldest goes", async () => {
      const makers = Math.ceil((maxInvitationsWaiting + 1) / maxOpenInvitations);
      const rooms: RoomId[] = [];
      for (let maker = 0; maker < makers; maker++) {
        const by = await addPerson(stores);
        for (let n = 0; n < maxOpenInvitations && rooms.length <= maxInvitationsWaiting; n++) {
          const { room } = await openStory(stores, by, [by]);
          await invite(bob, { by, room: room.id, atMs: rooms.push(room.id) });
        }
      }
      expect(await listed(bob, 1_000)).toEqual(rooms.slice(1).toReversed());
    }, 60_000);
  });
}
