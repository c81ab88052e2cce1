/** What every store promises of direct rooms: consent, its limits, and being put away. */
import { beforeEach, describe, expect, test } from "bun:test";
import { maxOpenRequests, maxRequestsWaiting, maxUnansweredListed, openRequestsMs } from "#domain/direct-requests.ts";
import type { RoomId } from "#domain/ids.ts";
import type { NewDirectRoom } from "#domain/ports/index.ts";
import { type DirectRequest, directKeyOf, type Room } from "#domain/room.ts";
import type { User } from "#domain/user.ts";
import {
  addPerson,
  expectCode,
  newId,
  type OpenStores,
  openStory,
  type Stores,
  tell,
  timeAfter,
  word,
} from "./store-world.ts";

export function directRoomStoreSuite(name: string, open: OpenStores): void {
  describe(`direct room store: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;

    beforeEach(async () => {
      stores = await open();
      [ada, bob] = [await addPerson(stores), await addPerson(stores)];
    });

    const made = (from: User, to: User, state?: DirectRequest["state"], atMs = 0): NewDirectRoom => ({
      id: newId<RoomId>(),
      slug: word("direct-"),
      name: "Direct",
      visibility: "direct",
      createdBy: from.id,
      createdAt: timeAfter(atMs),
      epoch: word("e"),
      directKey: directKeyOf([from.id, to.id]),
      ...(state && { request: { to: to.id, state } }),
    });
    const begin = async (from: User, to: User, state?: DirectRequest["state"], atMs = 0) =>
      (await stores.directs.open(made(from, to, state, atMs))).room;
    /** With both people in it, and what the first wrote. */
    const write = async (room: Room, from: User, to: User) => {
      const story = tell(stores, room);
      await story.write(story.joined(from), story.joined(to), story.post(from, "hello"));
      return story;
    };
    const people = async (count: number) => await Promise.all(Array.from({ length: count }, () => addPerson(stores)));
    const mine = async (user: User) => (await stores.rooms.joinedBy(user.id)).map(({ room }) => room.id);
    const ids = async (user: User) => await stores.rooms.roomIdsOf(user.id);
    const requests = async (user: User) => (await stores.directs.requestsTo(user.id)).map(({ room }) => room);
    const waiting = async (user: User) => (await stores.rooms.sidebarOf(user.id, timeAfter(1))).waiting.requests;
    const stateOf = async (room: RoomId, user: User) => (await stores.rooms.access(room, user.id))?.room.request;

    test("requests among rooms are those that wait or were declined, not those that are answered or need no consent", async () => {
      const [cay, dov] = [await addPerson(stores), await addPerson(stores)];
      const [waiting, declined] = [await begin(ada, bob, "requested"), await begin(ada, cay, "requested")];
      const [known, plain] = [await begin(ada, dov, "unanswered"), await begin(bob, cay)];
      await stores.directs.answer(declined.id, cay.id, false);
      const all = [waiting, declined, known, plain].map(({ id }) => id);
      expect(await stores.directs.requestsAmong(all)).toEqual(new Set([waiting.id, declined.id]));
      await stores.directs.answer(waiting.id, bob.id, true);
      await stores.directs.answer(declined.id, cay.id, true);
      expect(await stores.directs.requestsAmong(all)).toEqual(new Set());
      expect(await stores.directs.requestsAmong([])).toEqual(new Set());
    });

    test("it is one room for the same people, whoever asks and however often", async () => {
      const asked = [made(ada, bob, "requested"), made(bob, ada, "requested"), made(ada, bob)];
      const opened = await Promise.all(asked.map((each) => stores.directs.open(each)));
      expect(new Set(opened.map(({ room }) => room.id)).size).toBe(1);
      expect(opened.filter(({ created }) => created)).toHaveLength(1);
      expect((await stores.directs.find(directKeyOf([bob.id, ada.id])))?.id).toBe(opened[0]?.room.id as RoomId);
      expect(await stores.directs.find(directKeyOf([bob.id]))).toBeUndefined();
    });

    test("a request is in its sender's list, not in the other's, until it is accepted", async () => {
      const room = await begin(ada, bob, "requested");
      expect(await requests(bob)).toEqual([]);
      await write(room, ada, bob);
      expect([await mine(ada), await ids(ada)]).toEqual([[room.id], [room.id]]);
      expect([await mine(bob), await ids(bob)]).toEqual([[], []]);
      const [request] = await stores.directs.requestsTo(bob.id);
      expect(request).toEqual({
        room: room.id,
        slug: room.slug,
        from: { id: ada.id, name: ada.name },
        at: room.createdAt,
      });
      expect([await waiting(bob), await waiting(ada)]).toEqual([1, 0]);
      expect(await stateOf(room.id, bob)).toEqual({ to: bob.id, state: "requested" });
      expect(await stores.directs.answer(room.id, ada.id, true)).toBe(false);
      expect(await stores.directs.answer(room.id, bob.id, true)).toBe(true);
      expect(await stores.directs.answer(room.id, bob.id, true)).toBe(false);
      expect(await stateOf(room.id, bob)).toBeUndefined();
      expect([await mine(bob), await ids(bob), await requests(bob)]).toEqual([[room.id], [room.id], []]);
    });

    test("one that was declined is nowhere of the other's, and may be accepted yet", async () => {
      const room = await begin(ada, bob, "requested");
      await write(room, ada, bob);
      expect(await stores.directs.answer(room.id, bob.id, false)).toBe(true);
      expect(await stores.directs.answer(room.id, bob.id, false)).toBe(false);
      expect([await mine(bob), await requests(bob), await waiting(bob)]).toEqual([[], [], 0]);
      expect(await mine(ada)).toEqual([room.id]);
      await stores.directs.answer(room.id, bob.id, true);
      expect(await mine(bob)).toEqual([room.id]);
    });

    test("all that wait are declined at once", async () => {
      for (const from of await people(3)) await write(await begin(from, bob, "requested"), from, bob);
      expect(await waiting(bob)).toBe(3);
      await stores.directs.declineAll(bob.id);
      expect(await waiting(bob)).toBe(0);
    });

    test("from somebody one knows it is in the list with its first message", async () => {
      const room = await begin(ada, bob, "unanswered");
      const story = tell(stores, room);
      await story.write(story.joined(ada), story.joined(bob));
      expect([await mine(ada), await mine(bob), await ids(bob)]).toEqual([[room.id], [], [room.id]]);
      await story.write(story.post(ada, "hello"));
      expect([await mine(bob), await requests(bob)]).toEqual([[room.id], []]);
    });

    test("one that was put away comes back with the next message, or when it is opened", async () => {
      const room = await begin(ada, bob);
      const story = await write(room, ada, bob);
      await stores.directs.hide(room.id, bob.id, 3);
      expect([await mine(bob), await mine(ada), await ids(bob)]).toEqual([[], [room.id], [room.id]]);
      await stores.directs.hide(room.id, bob.id, undefined);
      expect(await mine(bob)).toEqual([room.id]);
      await stores.directs.hide(room.id, bob.id, 3);
      await story.write(story.post(ada, "again"));
      expect(await mine(bob)).toEqual([room.id]);
    });

    test("a request has so many messages, however many come at once", async () => {
      const { id } = await begin(ada, bob, "requested");
      const count = async () => await stores.directs.countMessage(id, 3);
      const counted = await Promise.all(Array.from({ length: 50 }, count));
      expect(counted.filter(Boolean)).toHaveLength(3);
      await stores.directs.uncountMessage(id);
      expect([await count(), await count()]).toEqual([true, false]);
      await stores.directs.answer(id, bob.id, true);
      expect(await count()).toBe(true);
    });

    test("somebody has so many open requests, however many they begin at once; what is refused leaves nothing", async () => {
      const others = await people(50);
      const begun = await Promise.allSettled(others.map((other) => begin(ada, other, "requested")));
      expect(begun.filter(({ status }) => status === "fulfilled")).toHaveLength(maxOpenRequests);
      const refused = others.filter((_, at) => begun[at]?.status === "rejected");
      for (const other of refused) expect(await stores.directs.find(directKeyOf([ada.id, other.id]))).toBeUndefined();
      await expectCode(begin(ada, bob, "requested"), "forbidden");
      expect((await begin(ada, bob, "requested", openRequestsMs)).id).toBeDefined();
    });

    test("declining frees no place, accepting does", async () => {
      const others = await people(maxOpenRequests);
      const begun = await Promise.all(
        others.map(async (other) => ({ other, room: await begin(ada, other, "requested") })),
      );
      const [one, two] = begun as [(typeof begun)[0], (typeof begun)[0]];
      await stores.directs.answer(one.room.id, one.other.id, false);
      await expectCode(begin(ada, bob, "requested"), "forbidden");
      await stores.directs.answer(two.room.id, two.other.id, true);
      expect((await begin(ada, bob, "requested")).request).toEqual({ to: bob.id, state: "requested" });
    });

    test("somebody is listed so many conversations that they have not answered, the others are requests", async () => {
      const others = await people(50);
      const begun = await Promise.all(others.map((other) => begin(other, bob, "unanswered")));
      const states = begun.map(({ request }) => request?.state);
      expect(states.filter((state) => state === "unanswered")).toHaveLength(maxUnansweredListed);
      expect(states.filter((state) => state === "requested")).toHaveLength(50 - maxUnansweredListed);
    });

    test("so many requests wait for one person, however many come at once", async () => {
      const others = await people(maxRequestsWaiting - 10);
      await Promise.all(others.map((other) => begin(other, bob, "requested")));
      const late = await people(50);
      const begun = await Promise.allSettled(late.map((other) => begin(other, bob, "requested")));
      expect(begun.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
      await stores.directs.declineAll(bob.id);
      expect((await begin(ada, bob, "requested")).request?.state).toBe("requested");
    }, 60_000);

    test("people know each other by a room they share, direct ones and one that everybody is in apart", async () => {
      const share = async () => await stores.directs.shareRoom(ada.id, bob.id, lobby);
      const lobby = word("lobby-");
      await openStory(stores, ada, [ada, bob], { slug: lobby });
      await write(await begin(ada, bob), ada, bob);
      await openStory(stores, ada, [ada]);
      expect(await share()).toBe(false);
      const story = await openStory(stores, ada, [ada, bob], { visibility: "private" });
      expect(await share()).toBe(true);
      await story.write(story.left(bob));
      expect(await share()).toBe(false);
    });
  });
}
