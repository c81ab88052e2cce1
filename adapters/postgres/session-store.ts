/** Sessions in Postgres: a living one is a row, a revoked one only a trace. */
import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { revokedSessions, sessions } from "#db/schema.ts";
import type { SessionId, UserId } from "#domain/ids.ts";
import type { SessionStore } from "#domain/ports/index.ts";
import { maxSessionsPerPerson, type Session } from "#domain/session.ts";
import { ask, askTogether } from "./failures.ts";

/** Traces outlive by far every access token that was out when its session was revoked. */
const keepTracesMs = 7 * 24 * 3_600_000;

export function createSessionStore(database: Database): SessionStore {
  async function revoke(user: UserId, at: string, id?: SessionId): Promise<readonly SessionId[]> {
    return await askTogether(database, async (queries) => {
      const own = eq(sessions.userId, user);
      const gone = await queries
        .delete(sessions)
        .where(id === undefined ? own : and(own, eq(sessions.id, id)))
        .returning({ id: sessions.id });
      if (gone.length > 0) {
        const traces = gone.map((session) => ({ id: session.id, revokedAt: at }));
        await queries.insert(revokedSessions).values(traces).onConflictDoNothing({ target: revokedSessions.id });
        const old = new Date(Date.parse(at) - keepTracesMs).toISOString();
        await queries.delete(revokedSessions).where(lt(revokedSessions.revokedAt, old));
      }
      return gone.map((session) => session.id as SessionId);
    });
  }

  return {
    async create({ user, ...session }) {
      await ask(database, (queries) => queries.insert(sessions).values({ ...session, userId: user }));
    },

    async byId(id) {
      const [row] = await ask(database, (queries) => queries.select().from(sessions).where(eq(sessions.id, id)));
      return row && sessionOf(row);
    },

    async listOf(user) {
      const rows = await ask(database, (queries) =>
        queries
          .select()
          .from(sessions)
          .where(eq(sessions.userId, user))
          .orderBy(desc(sessions.createdAt), desc(sessions.id))
          .limit(maxSessionsPerPerson),
      );
      return rows.map(sessionOf);
    },

    async advance(id, from, lastSeenAt, expiresAt) {
      const moved = await ask(database, (queries) =>
        queries
          .update(sessions)
          .set({ generation: sql`${sessions.generation} + 1`, lastSeenAt, expiresAt })
          .where(and(eq(sessions.id, id), eq(sessions.generation, from)))
          .returning({ id: sessions.id }),
      );
      return moved.length > 0;
    },

    revoke: async (id, user, at) => (await revoke(user, at, id)).length > 0,
    revokeAll: async (user, at) => await revoke(user, at),

    async revokedSince(time) {
      const rows = await ask(database, (queries) =>
        queries.select({ id: revokedSessions.id }).from(revokedSessions).where(gte(revokedSessions.revokedAt, time)),
      );
      return rows.map((row) => row.id as SessionId);
    },
  };
}

function sessionOf({ userId, ...row }: typeof sessions.$inferSelect): Session {
  return { ...row, id: row.id as SessionId, user: userId as UserId };
}
