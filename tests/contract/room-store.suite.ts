/**
 * What every room store promises: who may know a room, lists, pages and search. Memberships are written through the
 * event store.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import type { RoomId } from "#domain/ids.ts";
import { abandonedMs, directKeyOf, maxRoomsPerPerson, type NewRoom } from "#domain/room.ts";
import type { User } from "#domain/user.ts";
import {
  addPerson,
  allPages,
  expectCode,
  newId,
  type OpenStores,
  openDirect,
  openStory,
  type Stores,
  tell,
  timeAfter,
  word,
} from "./store-world.ts";

export function roomStoreSuite(name: string, open: OpenStores): void {
  describe(`room store: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let bob: User;

    beforeEach(async () => {
      stores = await open();
      [ada, bob] = [await addPerson(stores), await addPerson(stores)];
    });

    const newRoom = (fields: Partial<NewRoom> = {}): NewRoom => ({
      id: newId<RoomId>(),
      slug: word("room-"),
      name: word("Room "),
      visibility: "public",
      createdBy: ada.id,
      createdAt: timeAfter(0),
      epoch: word("e"),
      ...fields,
    });

    test("a new room is empty and found by id and slug", async () => {
      const fresh = newRoom();
      const { id, slug, name, visibility, createdBy, createdAt, epoch } = fresh;
      const made = { id, slug, name, visibility, createdBy, createdAt, epoch };
      const room = { ...made, topic: "", memberCount: 0, offset: 0 };
      expect(await stores.rooms.create(fresh)).toEqual({ room, created: true });
      const access = { room, membership: undefined, peer: undefined };
      expect(await stores.rooms.access(id, bob.id)).toEqual(access);
      expect(await stores.rooms.access(slug, bob.id)).toEqual(access);
      expect(await stores.rooms.access(newId(), bob.id)).toBeUndefined();
      for (const ref of ["no-such-room", `${slug}\0`, "\ud800"])
        expect(await stores.rooms.access(ref, bob.id)).toBeUndefined();
    });

    test("a slug is given once", async () => {
      const slug = word("room-");
      await stores.rooms.create(newRoom({ slug }));
      expect((await expectCode(stores.rooms.create(newRoom({ slug })), "conflict")).field).toBe("slug");
      const both = newRoom();
      const settled = await Promise.allSettled([
        stores.rooms.create(both),
        stores.rooms.create({ ...both, id: newId<RoomId>() }),
      ]);
      expect(settled.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("a room in which nothing ever happened is not listed, and after a day its name is free", async () => {
      const slug = word("room-");
      const { room } = await stores.rooms.create(newRoom({ slug, name: slug }));
      const listed = async () => (await stores.rooms.directory(ada.id, { limit: 5, search: slug })).items.length;
      expect(await listed()).toBe(0);
      await expectCode(stores.rooms.create(newRoom({ slug, createdAt: timeAfter(abandonedMs) })), "conflict");
      const again = await stores.rooms.create(newRoom({ slug, name: slug, createdAt: timeAfter(abandonedMs + 1) }));
      expect(again.room.id).not.toBe(room.id);
      const story = tell(stores, again.room);
      await story.write(story.joined(ada));
      expect(await listed()).toBe(1);
      await expectCode(stores.rooms.create(newRoom({ slug, createdAt: timeAfter(3 * abandonedMs) })), "conflict");
    });

    test("a name is given once to public rooms, however it is written; at another address it may differ by a sign", async () => {
      const tail = word();
      await stores.rooms.create(newRoom({ name: `Cafe ${tail}` }));
      for (const name of [`cafe ${tail}`, `С\u0430fe ${tail}`, `Ca\uFE0Ffe ${tail}`]) {
        const error = await expectCode(stores.rooms.create(newRoom({ name })), "conflict");
        expect(error.field).toBe("name");
      }
      for (const name of [`Café ${tail}`, `Cafe+ ${tail}`]) await stores.rooms.create(newRoom({ name }));
      for (const visibility of ["private", "private"] as const)
        await stores.rooms.create(newRoom({ name: `Cafe ${tail}`, visibility }));
    });

    test("a room is found without its accents", async () => {
      const tail = word();
      for (const name of [`Café ${tail}`, `Straße ${tail}`]) await openStory(stores, ada, [ada], { name });
      const found = async (search: string) =>
        (await stores.rooms.directory(bob.id, { limit: 5, search })).items.map(({ room }) => room.name);
      for (const search of [`cafe ${tail}`, `CAFÉ ${tail}`, `cafe\u0301 ${tail}`])
        expect(await found(search)).toEqual([`Café ${tail}`]);
      expect(await found(`strasse ${tail}`)).toEqual([`Straße ${tail}`]);
      expect(await found(`cafe_${tail}`)).toEqual([]);
    });

    test("the same people share one direct room, however often it is asked for", async () => {
      const directKey = directKeyOf([ada.id, bob.id]);
      const ask = () => stores.rooms.create(newRoom({ visibility: "direct", directKey }));
      const answers = await Promise.all([ask(), ask(), ask()]);
      expect(new Set(answers.map((answer) => answer.room.id)).size).toBe(1);
      expect(answers.filter((answer) => answer.created)).toHaveLength(1);
    });

    test("private and direct rooms are invisible to others, by id and by slug", async () => {
      const eve = await addPerson(stores);
      const secret = await openStory(stores, ada, [ada, bob], { visibility: "private" });
      const direct = await openDirect(stores, ada, bob);
      for (const { room } of [secret, direct]) {
        for (const ref of [room.id, room.slug]) {
          expect((await stores.rooms.access(ref, ada.id))?.membership?.user).toBe(ada.id);
          expect(await stores.rooms.access(ref, eve.id)).toBeUndefined();
        }
      }
      await secret.write(secret.left(bob));
      expect(await stores.rooms.access(secret.room.slug, bob.id)).toBeUndefined();
      const listed = await allPages((page) => stores.rooms.directory(ada.id, page), { limit: 500, search: "room" });
      expect(listed.some((entry) => entry.room.id === secret.room.id || entry.room.id === direct.room.id)).toBe(false);
    });

    test("accesses asked for together are each answered for their own viewer", async () => {
      const secret = await openStory(stores, ada, [ada], { visibility: "private" });
      const direct = await openDirect(stores, ada, bob);
      const asked = await Promise.all([
        stores.rooms.access(secret.room.id, bob.id),
        stores.rooms.access(secret.room.slug, ada.id),
        stores.rooms.access(direct.room.id, bob.id),
        stores.rooms.access(direct.room.id, ada.id),
        stores.rooms.access("nothing", ada.id),
      ]);
      expect(asked.map((access) => access?.room.id)).toEqual([
        undefined,
        secret.room.id,
        direct.room.id,
        direct.room.id,
        undefined,
      ]);
      expect(asked.map((access) => access?.peer?.name)).toEqual([undefined, undefined, ada.name, bob.name, undefined]);
    });

    test("a direct room with oneself has oneself as peer", async () => {
      const direct = await openDirect(stores, ada, ada);
      expect((await stores.rooms.access(direct.room.id, ada.id))?.peer).toEqual({
        id: ada.id,
        name: ada.name,
        kind: "person",
      });
      expect((await stores.rooms.joinedBy(ada.id))[0]?.peer).toEqual({ id: ada.id, name: ada.name, kind: "person" });
    });

    test("so many rooms per person, direct ones apart, however many are joined at once", async () => {
      const seats = async (count: number) =>
        await Promise.all(
          Array.from({ length: count }, () => stores.rooms.takeSeat(bob.id, newId(), timeAfter(0), timeAfter(1_000))),
        );
      const story = await openStory(stores, ada, [bob]);
      await openDirect(stores, ada, bob);
      expect((await seats(maxRoomsPerPerson - 26)).every(Boolean)).toBe(true);
      expect((await seats(50)).filter(Boolean)).toHaveLength(25);
      // A room one is in, or about to be in, takes no second place.
      expect(await stores.rooms.takeSeat(bob.id, story.room.id, timeAfter(0), timeAfter(1_000))).toBe(true);
      await stores.rooms.leaveSeat(bob.id, story.room.id);
      expect(await seats(1)).toEqual([false]);
      expect(await stores.rooms.takeSeat(bob.id, newId(), timeAfter(1_000), timeAfter(2_000))).toBe(true);
    }, 60_000);

    test("the own list has every room by name, with peers and unread counts", async () => {
      const zoo = await openStory(stores, ada, [ada, bob], { name: "zoo", visibility: "private" });
      const ant = await openStory(stores, ada, [ada, bob], { name: "Ant" });
      const direct = await openDirect(stores, ada, bob);
      await openStory(stores, ada, [bob]);
      await zoo.write(zoo.post(bob, "hi", [ada.id]), zoo.post(bob, "there"), zoo.post(ada, "own"));
      const joined = await stores.rooms.joinedBy(ada.id);
      const byName = [ant, zoo, direct].map((story) => story.room.id);
      expect(joined.map((entry) => entry.room.id)).toEqual(byName);
      expect(joined.map((entry) => [entry.unread, entry.mentions])).toEqual([
        [0, 0],
        [2, 1],
        [0, 0],
      ]);
      expect(joined.map((entry) => entry.peer?.id)).toEqual([undefined, undefined, bob.id]);
      expect(joined[1]?.room).toMatchObject({ offset: 5, memberCount: 2 });
      expect(joined[0]?.membership).toMatchObject({ user: ada.id, room: ant.room.id, readOffset: 1 });
      expect([...(await stores.rooms.roomIdsOf(ada.id))].sort()).toEqual([...byName].sort());
    });

    test("the directory pages by name, complete and without repeats, also among names that differ by an accent", async () => {
      const mark = word("Dir");
      const names = ["b", "Bä", "a", "C", "ba", "Ärger", "d", "BÅ"].map((tail) => `${mark} ${tail}`);
      const stories = await Promise.all(names.map((name) => openStory(stores, ada, [ada], { name })));
      await stories[3]?.write(stories[3].joined(bob));
      const search = { search: mark.toUpperCase() };
      const all = await allPages((page) => stores.rooms.directory(bob.id, page), { ...search, limit: 100 });
      expect(all.map((entry) => entry.room.name.slice(mark.length + 1).toLowerCase())).toEqual([
        "a",
        "b",
        "ba",
        "bä",
        "bå",
        "c",
        "d",
        "ärger",
      ]);
      expect(all.map((entry) => entry.joined)).toEqual([false, false, false, false, false, true, false, false]);
      for (const limit of [1, 2, 3, 8]) {
        const paged = await allPages((page) => stores.rooms.directory(bob.id, page), { ...search, limit });
        expect(paged.map((entry) => entry.room.id)).toEqual(all.map((entry) => entry.room.id));
      }
    });

    test("a search takes its characters literally and ignores case", async () => {
      const mark = word("Lit");
      for (const tail of ["100%", "1000", "a_b", "axb", "c\\d", "ÄPFEL"])
        await openStory(stores, ada, [ada], { name: `${mark} ${tail}` });
      const found = async (tail: string) => {
        const page = await stores.rooms.directory(ada.id, { search: `${mark.toLowerCase()} ${tail}`, limit: 10 });
        return page.items.map((entry) => entry.room.name.slice(mark.length + 1));
      };
      expect(await found("100%")).toEqual(["100%"]);
      expect(await found("a_b")).toEqual(["a_b"]);
      expect(await found("c\\d")).toEqual(["c\\d"]);
      expect(await found("äpf")).toEqual(["ÄPFEL"]);
      expect(await found("%")).toEqual([]);
    });

    test("members page by name and can be searched", async () => {
      const mark = word("m");
      const people = await Promise.all(
        ["Zoe", "adam", "Eve", "bea", "Ann"].map((name) => addPerson(stores, `${name}-${mark}`)),
      );
      const { room } = await openStory(stores, ada, people);
      const members = async (limit: number, search?: string) => {
        const query = search === undefined ? { limit } : { limit, search };
        return (await allPages((page) => stores.rooms.members(room.id, page), query)).map(
          (member) => member.name.split("-")[0],
        );
      };
      for (const limit of [1, 2, 5, 50]) expect(await members(limit)).toEqual(["adam", "Ann", "bea", "Eve", "Zoe"]);
      expect(await members(1, `E-${mark}`)).toEqual(["Eve", "Zoe"]);
      expect((await stores.rooms.members(room.id, { limit: 1 })).items[0]).toEqual({
        id: people[1]?.id as never,
        name: `adam-${mark}`,
      });
    });

    test("who wrote among the newest messages is told by name, if they are still members", async () => {
      const eve = await addPerson(stores);
      const story = await openStory(stores, ada, [ada, bob, eve]);
      await story.write(story.post(ada, "1"), story.post(bob, "2"), story.post(eve, "3"), story.post(bob, "4"));
      const names = async (messages: number) =>
        (await stores.rooms.recentAuthors(story.room.id, messages)).map(({ id }) => id).sort();
      expect(await names(3)).toEqual([bob.id, eve.id].sort());
      expect(await names(4)).toEqual([ada.id, bob.id, eve.id].sort());
      await story.write(story.left(bob));
      expect(await names(3)).toEqual([eve.id]);
      expect((await stores.rooms.recentAuthors(story.room.id, 3))[0]?.name).toBe(eve.name);
    });

    test("a cursor that was not given out is refused", async () => {
      for (const cursor of ["", "x", "bm9wZQ", btoa("{}"), btoa('["a"]'), btoa("[1,2]"), btoa('["a","b"]')]) {
        await expectCode(stores.rooms.directory(ada.id, { cursor, limit: 5 }), "invalid");
        await expectCode(stores.users.list({ cursor, limit: 5 }), "invalid");
      }
    });

    test("membersAmong picks out the members", async () => {
      const { room } = await openStory(stores, ada, [ada]);
      expect(await stores.rooms.membersAmong(room.id, [ada.id, bob.id, newId()])).toEqual(new Set([ada.id]));
      expect(await stores.rooms.membersAmong(room.id, [])).toEqual(new Set());
    });
  });
}
