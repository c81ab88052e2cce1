/** Sessions in Postgres: a living one is a row, a revoked one only a trace. */
import { and, desc, eq, gte, inArray, lt, ne, type SQL } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { revokedSessions, sessions } from "#db/schema.ts";
import type { SessionId, UserId } from "#domain/ids.ts";
import type { SessionStore } from "#domain/ports/index.ts";
import { maxSessionsPerPerson, type Session } from "#domain/session.ts";
import { ask, askTogether } from "./failures.ts";
import { waitForTurn } from "./within-limit.ts";

/** Traces outlive by far every access token that was out when its session was revoked. */
const keepTracesMs = 7 * 24 * 3_600_000;

export function createSessionStore(database: Database): SessionStore {
  const revoke = async (user: UserId, at: string, id?: SessionId) =>
    await askTogether(database, async (queries) => {
      const own = eq(sessions.userId, user);
      return await end(queries, at, id === undefined ? own : and(own, eq(sessions.id, id)));
    });

  return {
    async create({ user, ...session }) {
      return await askTogether(database, async (queries) => {
        await waitForTurn(queries, `sessions of ${user}`);
        await queries.insert(sessions).values({ ...session, userId: user });
        const past = queries
          .select({ id: sessions.id })
          .from(sessions)
          .where(and(eq(sessions.userId, user), ne(sessions.id, session.id)))
          .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
          .offset(maxSessionsPerPerson - 1);
        return await end(queries, session.createdAt, inArray(sessions.id, past));
      });
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

    async startedAt(user, place) {
      const rows = await ask(database, (queries) =>
        queries
          .select({ id: sessions.id })
          .from(sessions)
          .where(and(eq(sessions.userId, user), eq(sessions.place, place)))
          .limit(1),
      );
      return rows.length > 0;
    },

    async advance(id, from, next) {
      const moved = await ask(database, (queries) =>
        queries
          .update(sessions)
          .set(next)
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

/** Ends those that fit; each leaves a trace. */
async function end(queries: Queries, at: string, which: SQL | undefined): Promise<readonly SessionId[]> {
  const gone = await queries.delete(sessions).where(which).returning({ id: sessions.id });
  if (gone.length > 0) {
    const traces = gone.map(({ id }) => ({ id, revokedAt: at }));
    await queries.insert(revokedSessions).values(traces).onConflictDoNothing({ target: revokedSessions.id });
    const old = new Date(Date.parse(at) - keepTracesMs).toISOString();
    await queries.delete(revokedSessions).where(lt(revokedSessions.revokedAt, old));
  }
  return gone.map(({ id }) => id as SessionId);
}

function sessionOf({ userId, exchanged, place, ...row }: typeof sessions.$inferSelect): Session {
  return {
    ...row,
    id: row.id as SessionId,
    user: userId as UserId,
    ...(exchanged === null ? {} : { exchanged }),
    ...(place === null ? {} : { place }),
  };
}
