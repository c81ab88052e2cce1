/** Sign-ins in memory. Revoked ones are gone, apart from when they were revoked. */
import type { SessionId } from "#domain/ids.ts";
import type { SessionStore } from "#domain/ports/index.ts";
import type { Session } from "#domain/session.ts";
import type { Tables } from "./tables.ts";

export function createMemorySessionStore({ revokedAt }: Pick<Tables, "revokedAt">): SessionStore {
  const sessions = new Map<SessionId, Session>();

  function end(id: SessionId, at: string): SessionId {
    sessions.delete(id);
    revokedAt.set(id, at);
    return id;
  }

  return {
    create: async (session) => void sessions.set(session.id, session),
    byId: async (id) => sessions.get(id),
    async listOf(user) {
      const own = [...sessions.values()].filter((session) => session.user === user);
      return own.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    async advance(id, from, lastSeenAt, expiresAt) {
      const session = sessions.get(id);
      if (session?.generation !== from) return false;
      sessions.set(id, { ...session, generation: from + 1, lastSeenAt, expiresAt });
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
