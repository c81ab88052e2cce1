/** People in memory: found by id and by name, where names that look alike count as one. */
import { ChatError } from "#domain/errors.ts";
import { folded, searchForm } from "#domain/fold.ts";
import type { Credentials, UserStore } from "#domain/ports/index.ts";
import { maxBotsPerPerson, tooManyBots } from "#domain/program-token.ts";
import { nameKey, nameSkeleton, type User } from "#domain/user.ts";
import { byName, pageByName } from "./pages.ts";
import type { Tables } from "./tables.ts";

export function createMemoryUserStore(tables: Tables): UserStore {
  const users = (): User[] => [...tables.users.values()].map(({ user }) => user);
  const withKey = (key: string): Credentials | undefined => {
    return tables.users.values().find(({ user }) => nameKey(user.name) === key);
  };

  return {
    async create(user, passwordHash) {
      const look = nameSkeleton(user.name);
      if (users().some(({ id, name }) => id === user.id || nameSkeleton(name) === look)) {
        throw new ChatError("conflict", "This name, or one that looks like it, is taken.", { field: "name" });
      }
      if (user.owner !== undefined && users().filter(({ owner }) => owner === user.owner).length >= maxBotsPerPerson) {
        throw tooManyBots();
      }
      tables.users.set(user.id, { user, passwordHash });
    },
    byId: async (id) => tables.users.get(id)?.user,
    byIds: async (ids) => [...new Set(ids)].flatMap((id) => tables.users.get(id)?.user ?? []),
    byKey: async (key) => withKey(key)?.user,
    async byKeys(keys) {
      const wanted = new Set(keys);
      return new Map(users().flatMap((user) => (wanted.has(nameKey(user.name)) ? [[nameKey(user.name), user]] : [])));
    },
    credentials: async (key) => withKey(key),
    async rehash(id, from, to) {
      const known = tables.users.get(id);
      if (known?.passwordHash === from) tables.users.set(id, { ...known, passwordHash: to });
    },
    botsOf: async (owner) =>
      users()
        .filter((user) => user.owner === owner)
        .sort(byName),
    firstPerson: async () => users().find(({ kind }) => kind === "person"),
    list: async (query) => pageByName(users(), (user) => user, query),
    async suggest(prefix, room, limit) {
      const members = tables.rooms.get(room)?.members;
      const start = searchForm(prefix);
      const found = users().flatMap((user) => {
        const form = folded(user.name);
        return form.startsWith(start) ? [{ user, form, member: members?.has(user.id) ?? false }] : [];
      });
      return found
        .sort((a, b) => Number(b.member) - Number(a.member) || inOrder(a.form, b.form) || byName(a.user, b.user))
        .slice(0, limit)
        .map(({ user, member }) => ({ user, member }));
    },
  };
}

function inOrder(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
