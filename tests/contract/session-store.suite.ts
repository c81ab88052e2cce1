/**
 * What every session store promises: sessions live until revoked or until there are too many, a generation is taken once, revoking leaves
 * a trace.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import type { SessionId } from "#domain/ids.ts";
import { maxSessionsPerPerson, type Session } from "#domain/session.ts";
import type { User } from "#domain/user.ts";
import { addPerson, newId, type OpenStores, type Stores, timeAfter, word } from "./store-world.ts";

export function sessionStoreSuite(name: string, open: OpenStores): void {
  describe(`session store: ${name}`, () => {
    let stores: Stores;
    let ada: User;

    beforeEach(async () => {
      stores = await open();
      ada = await addPerson(stores);
    });

    const nextOf = (generation: number) => ({
      generation: generation + 1,
      exchanged: generation,
      lastSeenAt: timeAfter(90_000),
      expiresAt: timeAfter(99_000),
    });

    const newSession = (user: User, atMs: number): Session => {
      const at = timeAfter(atMs);
      return {
        id: newId<SessionId>(),
        user: user.id,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: timeAfter(atMs + 60_000),
        device: "Nokia 3310",
        generation: 0,
      };
    };

    async function signIn(user: User, atMs: number): Promise<Session> {
      const session = newSession(user, atMs);
      expect(await stores.sessions.create(session)).toEqual([]);
      return session;
    }

    test("sessions are found by id and listed newest first", async () => {
      const [first, third, second] = [await signIn(ada, 1), await signIn(ada, 3_000), await signIn(ada, 2_000)];
      await signIn(await addPerson(stores), 4_000);
      expect(await stores.sessions.byId(first.id)).toEqual(first);
      expect(await stores.sessions.byId(newId<SessionId>())).toBeUndefined();
      expect(await stores.sessions.listOf(ada.id)).toEqual([third, second, first]);
    });

    test("a generation is taken by one of many who ask at once", async () => {
      const { id } = await signIn(ada, 0);
      const next = { generation: 1, exchanged: 0, lastSeenAt: timeAfter(10), expiresAt: timeAfter(70_000) };
      const taken = await Promise.all([1, 2, 3, 4].map(() => stores.sessions.advance(id, 0, next)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await stores.sessions.byId(id)).toMatchObject(next);
      expect(await stores.sessions.advance(id, 0, next)).toBe(false);
      const third = { ...next, generation: 3 };
      expect(await stores.sessions.advance(id, 1, third)).toBe(true);
      expect(await stores.sessions.byId(id)).toMatchObject(third);
      expect(await stores.sessions.advance(newId<SessionId>(), 0, next)).toBe(false);
    });

    test("of one more than the most the one unused for longest ends", async () => {
      const all = [];
      for (let n = 0; n < maxSessionsPerPerson; n++) all.push(await signIn(ada, 1_000 * n));
      const [first, second] = all;
      await stores.sessions.advance(first!.id, 0, { ...nextOf(0), lastSeenAt: timeAfter(2_000_000) });
      const others = await signIn(await addPerson(stores), 0);
      // Even by a clock that is behind, the new one is not the one to end.
      const late = newSession(ada, -5_000);
      expect(await stores.sessions.create(late)).toEqual([second!.id]);
      expect(await stores.sessions.byId(second!.id)).toBeUndefined();
      expect(await stores.sessions.byId(late.id)).toEqual(late);
      expect(await stores.sessions.byId(others.id)).toEqual(others);
      expect(await stores.sessions.revokedSince(timeAfter(-5_000))).toContain(second!.id);
      expect(await stores.sessions.listOf(ada.id)).toHaveLength(maxSessionsPerPerson);
    });

    test("no more than the most are left when many start at once", async () => {
      for (let n = 0; n < maxSessionsPerPerson - 10; n++) await signIn(ada, n);
      const many = Array.from({ length: 50 }, (_, n) => newSession(ada, 5_000 + n));
      const ended = (await Promise.all(many.map((each) => stores.sessions.create(each)))).flat();
      const living = await stores.sessions.listOf(ada.id);
      expect(new Set(ended).size).toBe(40);
      expect(living).toHaveLength(maxSessionsPerPerson);
      const alive = await Promise.all([...many, ...living].map(({ id }) => stores.sessions.byId(id)));
      expect(alive.every((session) => session !== undefined)).toBe(true);
    });

    test("a place is known as long as a session lives that was started there", async () => {
      const session = { ...newSession(ada, 0), place: word("place") };
      await stores.sessions.create(session);
      expect(await stores.sessions.byId(session.id)).toEqual(session);
      expect(await stores.sessions.startedAt(ada.id, session.place)).toBe(true);
      expect(await stores.sessions.startedAt(ada.id, word("place"))).toBe(false);
      expect(await stores.sessions.startedAt((await addPerson(stores)).id, session.place)).toBe(false);
      await stores.sessions.revoke(session.id, ada.id, timeAfter(1));
      expect(await stores.sessions.startedAt(ada.id, session.place)).toBe(false);
    });

    test("revoking ends a session once, and only for its owner", async () => {
      const eve = await addPerson(stores);
      const session = await signIn(ada, 0);
      expect(await stores.sessions.revoke(session.id, eve.id, timeAfter(1))).toBe(false);
      expect(await stores.sessions.byId(session.id)).toEqual(session);
      expect(await stores.sessions.revoke(session.id, ada.id, timeAfter(1))).toBe(true);
      expect(await stores.sessions.revoke(session.id, ada.id, timeAfter(2))).toBe(false);
      expect(await stores.sessions.byId(session.id)).toBeUndefined();
      expect(await stores.sessions.advance(session.id, 0, nextOf(0))).toBe(false);
    });

    test("revoking all ends every session of one person", async () => {
      const eve = await addPerson(stores);
      const [one, two, others] = [await signIn(ada, 0), await signIn(ada, 1), await signIn(eve, 2)];
      expect([...(await stores.sessions.revokeAll(ada.id, timeAfter(5)))].sort()).toEqual([one.id, two.id].sort());
      expect(await stores.sessions.revokeAll(ada.id, timeAfter(6))).toEqual([]);
      expect(await stores.sessions.listOf(ada.id)).toEqual([]);
      expect(await stores.sessions.listOf(eve.id)).toEqual([others]);
    });

    test("a trace tells what was revoked at or after a time", async () => {
      const [one, two, three] = [await signIn(ada, 0), await signIn(ada, 1), await signIn(ada, 2)];
      await stores.sessions.revoke(one.id, ada.id, timeAfter(1_000));
      await stores.sessions.revoke(two.id, ada.id, timeAfter(2_000));
      await stores.sessions.revokeAll(ada.id, timeAfter(3_000));
      const own: readonly string[] = [one.id, two.id, three.id];
      const since = async (ms: number) =>
        (await stores.sessions.revokedSince(timeAfter(ms))).filter((id) => own.includes(id)).sort();
      expect(await since(1_000)).toEqual([one.id, two.id, three.id].sort());
      expect(await since(1_001)).toEqual([two.id, three.id].sort());
      expect(await since(3_000)).toEqual([three.id]);
      expect(await since(3_001)).toEqual([]);
    });
  });
}
