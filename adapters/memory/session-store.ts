/** Sign-ins in memory. Revoked ones are gone, apart from when they were revoked. */
import type { SessionId } from "#domain/ids.ts";
import type { SessionStore } from "#domain/ports/index.ts";
import { maxSessionsPerPerson, type Session } from "#domain/session.ts";
import type { Tables } from "./tables.ts";

export function createMemorySessionStore({ revokedAt }: Pick<Tables, "revokedAt">): SessionStore {
  const sessions = new Map<SessionId, Session>();

  function end(id: SessionId, at: string): SessionId {
    sessions.delete(id);
    revokedAt.set(id, at);
    return id;
  }

  return {
    async create(session) {
      sessions.set(session.id, session);
      const others = [...sessions.values()].filter(({ id, user }) => user === session.user && id !== session.id);
      const byUse = others.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
      return byUse.slice(maxSessionsPerPerson - 1).map(({ id }) => end(id, session.createdAt));
    },
    byId: async (id) => sessions.get(id),
    async listOf(user) {
      const own = [...sessions.values()].filter((session) => session.user === user);
      return own.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    startedAt: async (user, place) => sessions.values().some((each) => each.user === user && each.place === place),
    async advance(id, from, next) {
      const session = sessions.get(id);
      if (session?.generation !== from) return false;
      sessions.set(id, { ...session, ...next });
      return true;
    },
    async revoke(id, user, at) {
      if (sessions.get(id)?.user !== user) return false;
      end(id, at);
      return true;
    },
    async revokeAll(user, at) {
      return [...sessions.values()].filter((session) => session.user === user).map(({ id }) => end(id, at));
    },
    revokedSince: async (time) => [...revokedAt].flatMap(([id, at]) => (at >= time ? id : [])),
  };
}

/** Sorts by when it was used last; ids of version 7 have the order of time. */
function keyOf({ lastSeenAt, id }: Session): string {
  return `${lastSeenAt} ${id}`;
}
