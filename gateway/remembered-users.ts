/**
 * Keeps who has which name and id: every mention in every message asks for it, and it never changes. So a message still names people, and
 * calls bots, while the store is away. Keeps who the first person is for a while: who administers a room depends on it.
 */
import { LRUCache } from "lru-cache";
import { unlessUnavailable } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import type { UserStore } from "#domain/ports/index.ts";
import type { User } from "#domain/user.ts";

/** People that are remembered at most. */
const maxRemembered = 50_000;
/** Two first people may sign up at once, and the one whose account is older be seen later. */
const firstForMs = 60_000;

export function rememberUsers(users: UserStore): UserStore {
  const byKey = new LRUCache<string, User>({ max: maxRemembered });
  const byId = new LRUCache<UserId, User>({ max: maxRemembered });
  const first = new LRUCache<"first", User>({ max: 1, ttl: firstForMs });
  return {
    ...users,
    async byId(id) {
      const known = byId.get(id);
      if (known !== undefined) return known;
      const found = await users.byId(id);
      if (found !== undefined) byId.set(id, found);
      return found;
    },
    /** While the store is away, those that are remembered. */
    async byKeys(keys) {
      const known = new Map(keys.flatMap((key) => entryOf(key, byKey.get(key))));
      const others = keys.filter((key) => !known.has(key));
      if (others.length === 0) return known;
      const found = await unlessUnavailable(users.byKeys(others));
      for (const [key, user] of found ?? []) {
        byKey.set(key, user);
        known.set(key, user);
      }
      return known;
    },
    async firstPerson() {
      const known = first.get("first");
      if (known !== undefined) return known;
      const found = await users.firstPerson();
      if (found !== undefined) first.set("first", found);
      return found;
    },
    async byKey(key) {
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const found = await users.byKey(key);
      if (found !== undefined) byKey.set(key, found);
      return found;
    },
  };
}

function entryOf(key: string, user: User | undefined): readonly (readonly [string, User])[] {
  return user === undefined ? [] : [[key, user]];
}
