/**
 * What every session store promises: sessions live until revoked, a generation is taken once, revoking leaves a
 * trace.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import type { SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import type { User } from "#domain/user.ts";
import { addPerson, newId, type OpenStores, type Stores, timeAfter } from "./store-world.ts";

export function sessionStoreSuite(name: string, open: OpenStores): void {
  describe(`session store: ${name}`, () => {
    let stores: Stores;
    let ada: User;

    beforeEach(async () => {
      stores = await open();
      ada = await addPerson(stores);
    });

    async function signIn(user: User, atMs: number): Promise<Session> {
      const at = timeAfter(atMs);
      const session: Session = {
        id: newId<SessionId>(),
        user: user.id,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: timeAfter(atMs + 60_000),
        device: "Nokia 3310",
        generation: 0,
      };
      await stores.sessions.create(session);
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
      const [seen, expires] = [timeAfter(10), timeAfter(70_000)];
      const taken = await Promise.all([1, 2, 3, 4].map(() => stores.sessions.advance(id, 0, seen, expires)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await stores.sessions.byId(id)).toMatchObject({ generation: 1, lastSeenAt: seen, expiresAt: expires });
      expect(await stores.sessions.advance(id, 0, seen, expires)).toBe(false);
      expect(await stores.sessions.advance(id, 1, seen, expires)).toBe(true);
      expect(await stores.sessions.advance(newId<SessionId>(), 0, seen, expires)).toBe(false);
    });

    test("revoking ends a session once, and only for its owner", async () => {
      const eve = await addPerson(stores);
      const session = await signIn(ada, 0);
      expect(await stores.sessions.revoke(session.id, eve.id, timeAfter(1))).toBe(false);
      expect(await stores.sessions.byId(session.id)).toEqual(session);
      expect(await stores.sessions.revoke(session.id, ada.id, timeAfter(1))).toBe(true);
      expect(await stores.sessions.revoke(session.id, ada.id, timeAfter(2))).toBe(false);
      expect(await stores.sessions.byId(session.id)).toBeUndefined();
      expect(await stores.sessions.advance(session.id, 0, timeAfter(3), timeAfter(4))).toBe(false);
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
