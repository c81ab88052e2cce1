/** What every user store promises: one person per name and per look, lookup by key, pages and completion. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { UserId } from "#domain/ids.ts";
import { nameKey, type User } from "#domain/user.ts";
import {
  addPerson,
  allPages,
  expectCode,
  newId,
  type OpenStores,
  openStory,
  type Stores,
  timeAfter,
  word,
} from "./store-world.ts";

export function userStoreSuite(name: string, open: OpenStores): void {
  describe(`user store: ${name}`, () => {
    let stores: Stores;

    beforeEach(async () => {
      stores = await open();
    });

    const newUser = (name: string): User => ({ id: newId<UserId>(), name, kind: "person", createdAt: timeAfter(1) });

    test("a person is found by id and, in any case, by name", async () => {
      const user: User = { ...newUser(word("Ünal")), kind: "bot" };
      await stores.users.create(user, "hash");
      const key = nameKey(user.name.toUpperCase());
      expect(await stores.users.byId(user.id)).toEqual(user);
      expect(await stores.users.byKey(key)).toEqual(user);
      expect(await stores.users.credentials(key)).toEqual({ user, passwordHash: "hash" });
      const [unknownId, unknownKey] = [newId<UserId>(), word("nobody")];
      expect(await stores.users.byId(unknownId)).toBeUndefined();
      expect(await stores.users.byKey(unknownKey)).toBeUndefined();
      expect(await stores.users.credentials(unknownKey)).toBeUndefined();
    });

    test.each(["a\0b", "\ud800", "\0"])("%j is nobody's name, and spoils nobody else's question", async (text) => {
      const user = await addPerson(stores);
      const [found, ...none] = await Promise.all([
        stores.users.byKey(nameKey(user.name)),
        stores.users.byKey(text),
        stores.users.credentials(text),
      ]);
      expect(found).toEqual(user);
      expect(none).toEqual([undefined, undefined]);
      expect((await stores.users.list({ limit: 5, search: text })).items).toEqual([]);
      expect(await stores.users.suggest(text, newId(), 5)).toEqual([]);
    });

    test("an account without a password has none", async () => {
      const user = await addPerson(stores);
      expect(await stores.users.credentials(nameKey(user.name))).toEqual({ user, passwordHash: undefined });
    });

    test("the hash of a password is replaced once, and not by who comes late", async () => {
      const user = newUser(word("rehash"));
      await stores.users.create(user, "first");
      await stores.users.rehash(user.id, "first", "second");
      await stores.users.rehash(user.id, "first", "third");
      await stores.users.rehash(newId<UserId>(), "second", "third");
      expect((await stores.users.credentials(nameKey(user.name)))?.passwordHash).toBe("second");
    });

    test("several are found at once, each once, unknown ones left out", async () => {
      const [ada, bob] = [await addPerson(stores), await addPerson(stores)];
      const found = await stores.users.byIds([bob.id, newId<UserId>(), ada.id, bob.id]);
      expect([...found].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([ada, bob]);
      expect(await stores.users.byIds([])).toEqual([]);
      const keys = [bob.name, ada.name, "no.body", bob.name].map(nameKey);
      expect(await Promise.all(keys.map((key) => stores.users.byKey(key)))).toEqual([bob, ada, undefined, bob]);
    });

    test("a name that is taken, in another case or by its look, is refused", async () => {
      const tail = word();
      await stores.users.create(newUser(`Paul${tail}`), undefined);
      for (const name of [`Paul${tail}`, `pAUL${tail}`, `PauI${tail}`, `Pau1${tail}`]) {
        const error = await expectCode(stores.users.create(newUser(name), undefined), "conflict");
        expect(error.field).toBe("name");
      }
      await stores.users.create(newUser(`Paula${tail}`), undefined);
    });

    test("of two who take a name at once, one gets it", async () => {
      const name = word("Race");
      const settled = await Promise.allSettled([1, 2, 3].map(() => stores.users.create(newUser(name), undefined)));
      expect(settled.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    });

    test("the list pages by name, complete and without repeats", async () => {
      const mark = word("l");
      for (const name of ["zed", "Amy", "bob", "Bo", "cy"]) await addPerson(stores, `${name}-${mark}`);
      for (const limit of [1, 2, 5, 20]) {
        const users = await allPages((page) => stores.users.list(page), { limit, search: mark.toUpperCase() });
        expect(users.map((user) => user.name.split("-")[0])).toEqual(["Amy", "Bo", "bob", "cy", "zed"]);
      }
      expect((await stores.users.list({ limit: 5, search: `_${mark}` })).items).toEqual([]);
    });

    test("the first person stays the first, whoever comes after", async () => {
      await stores.users.create({ ...newUser(word("robot")), kind: "bot" }, undefined);
      await addPerson(stores);
      const first = await stores.users.firstPerson();
      expect(first?.kind).toBe("person");
      await addPerson(stores);
      expect(await stores.users.firstPerson()).toEqual(first);
    });

    test("names are found without their accents, however they are written, and in the same order everywhere", async () => {
      const mark = word("f");
      const names = ["Straße", "José", "jose.b", "Łukasz", "Đức", "İsa", "李小龙", "Ёж"];
      for (const name of names) await addPerson(stores, `${mark}${name}`);
      const { room } = await openStory(stores, await addPerson(stores), []);
      const cut = (name: string) => name.slice(mark.length);
      for (const [text, found] of [
        ["strasse", ["Straße"]],
        ["STRASSE", ["Straße"]],
        ["JOSE", ["José", "jose.b"]],
        ["jose\u0301", ["José", "jose.b"]],
        ["luk", ["Łukasz"]],
        ["duc", ["Đức"]],
        ["isa", ["İsa"]],
        ["ısa", ["İsa"]],
        ["李小", ["李小龙"]],
        ["еж", ["Ёж"]],
        ["ｊｏｓｅ", ["José", "jose.b"]],
        ["jos%", []],
      ] as const) {
        const suggested = await stores.users.suggest(`${mark}${text}`, room.id, 10);
        expect(suggested.map(({ user }) => cut(user.name))).toEqual([...found]);
        const listed = await allPages((page) => stores.users.list(page), { limit: 1, search: `${mark}${text}` });
        expect(new Set(listed.map(({ name }) => cut(name)))).toEqual(new Set(found));
      }
      const inside = await stores.users.list({ limit: 5, search: `${mark.slice(2)}strass` });
      expect(inside.items.map(({ name }) => cut(name))).toEqual(["Straße"]);
    });

    test("many are found by their exact names at once; who is not there is left out", async () => {
      const [jose, other] = [await addPerson(stores, word("José")), await addPerson(stores)];
      const keys = [nameKey(jose.name), nameKey(other.name), nameKey(jose.name).replace("é", "e"), "a\0b", "\ud800"];
      const found = await stores.users.byKeys(keys);
      expect([...found].sort()).toEqual(
        [
          [nameKey(jose.name), jose],
          [nameKey(other.name), other],
        ].sort() as never,
      );
      expect(await stores.users.byKeys([])).toEqual(new Map());
    });

    test("completion has people whose name starts so, members of the room first", async () => {
      const mark = word("s");
      const [amy, ben, cat] = await Promise.all(
        ["Amy", "ben", "Cat"].map((name) => addPerson(stores, `${mark}${name}`)),
      );
      const other = await addPerson(stores, `x${mark}`);
      if (!amy || !ben || !cat) throw new Error("nobody there");
      const { room } = await openStory(stores, amy, [cat, other]);
      const suggest = async (prefix: string, limit: number) =>
        (await stores.users.suggest(prefix, room.id, limit)).map(
          ({ user, member }) => `${user.name.slice(mark.length)}${member ? "" : "?"}`,
        );
      expect(await suggest(mark, 10)).toEqual(["Cat", "Amy?", "ben?"]);
      expect(await suggest(mark, 2)).toEqual(["Cat", "Amy?"]);
      expect(await suggest(`${mark}b`, 10)).toEqual(["ben?"]);
      expect(await suggest(`${mark}%`, 10)).toEqual([]);
    });
  });
}
