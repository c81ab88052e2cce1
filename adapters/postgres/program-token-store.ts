/** Tokens of programs in Postgres: a living one is a row, a revoked one only a trace among those of sessions. */
import { and, desc, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { programTokens, revokedSessions, users } from "#db/schema.ts";
import { ChatError } from "#domain/errors.ts";
import type { ProgramTokenId, UserId } from "#domain/ids.ts";
import type { ProgramTokenStore } from "#domain/ports/index.ts";
import { maxTokensPerPerson, type ProgramToken, type Scope, tooManyTokens } from "#domain/program-token.ts";
import { ask, askTogether, repeated } from "./failures.ts";
import { userColumns, userOf } from "./user-store.ts";
import { withinLimit } from "./within-limit.ts";

export function createProgramTokenStore(database: Database): ProgramTokenStore {
  return {
    async create({ user, owner, scopes, ...token }, hash) {
      const row = { ...token, hash, userId: user, ownerId: owner, scopes };
      try {
        await withinLimit(
          database,
          {
            key: `tokens of ${owner}`,
            max: maxTokensPerPerson,
            count: (queries) => queries.$count(programTokens, eq(programTokens.ownerId, owner)),
            full: tooManyTokens,
          },
          (queries) => queries.insert(programTokens).values(row),
        );
      } catch (error) {
        if (repeated(error) === undefined) throw error;
        throw new ChatError("conflict", "This token was made before. Without its secret, revoke it and make another.", {
          cause: error,
        });
      }
    },

    async byHash(hash) {
      const [row] = await ask(database, (queries) =>
        queries
          .select({ token: programTokens, user: userColumns })
          .from(programTokens)
          .innerJoin(users, eq(users.id, programTokens.userId))
          .where(eq(programTokens.hash, hash)),
      );
      return row && { token: tokenOf(row.token), user: userOf(row.user) };
    },

    async listOf(owner) {
      const rows = await ask(database, (queries) =>
        queries
          .select()
          .from(programTokens)
          .where(eq(programTokens.ownerId, owner))
          .orderBy(desc(programTokens.createdAt), desc(programTokens.id))
          .limit(maxTokensPerPerson),
      );
      return rows.map(tokenOf);
    },

    async revoke(id, owner, at) {
      return await askTogether(database, async (queries) => {
        const [row] = await queries
          .delete(programTokens)
          .where(and(eq(programTokens.id, id), eq(programTokens.ownerId, owner)))
          .returning();
        if (row === undefined) return undefined;
        await queries
          .insert(revokedSessions)
          .values({ id, revokedAt: at })
          .onConflictDoNothing({ target: revokedSessions.id });
        return tokenOf(row);
      });
    },

    async markUsed(id, at) {
      const earlier = or(isNull(programTokens.lastUsedAt), lt(programTokens.lastUsedAt, at));
      await ask(database, (queries) =>
        queries
          .update(programTokens)
          .set({ lastUsedAt: at })
          .where(and(eq(programTokens.id, id), earlier)),
      );
    },
  };
}

function tokenOf(row: typeof programTokens.$inferSelect): ProgramToken {
  const { id, name, userId, ownerId, scopes, createdAt, expiresAt, lastUsedAt } = row;
  return {
    id: id as ProgramTokenId,
    name,
    user: userId as UserId,
    owner: ownerId as UserId,
    scopes: scopes as readonly Scope[],
    createdAt,
    expiresAt,
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
  };
}
