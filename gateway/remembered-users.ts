/**
 * Keeps who has which name: every mention in every message asks for it, and it never changes. So a message still names people, and
 * calls bots, while the store is away.
 */
import { LRUCache } from "lru-cache";
import type { UserStore } from "#domain/ports/index.ts";
import type { User } from "#domain/user.ts";

/** People that are remembered at most. */
const maxRemembered = 50_000;

export function rememberUsers(users: UserStore): UserStore {
  const byKey = new LRUCache<string, User>({ max: maxRemembered });
  return {
    ...users,
    async byKey(key) {
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const found = await users.byKey(key);
      if (found !== undefined) byKey.set(key, found);
      return found;
    },
  };
}
