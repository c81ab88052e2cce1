/** Tokens of programs in memory. Revoked ones are gone, apart from when they were revoked. */
import { ChatError } from "#domain/errors.ts";
import type { ProgramTokenId } from "#domain/ids.ts";
import type { ProgramTokenStore } from "#domain/ports/index.ts";
import { asSession, maxTokensPerPerson, type ProgramToken, tooManyTokens } from "#domain/program-token.ts";
import type { Tables } from "./tables.ts";

export function createMemoryProgramTokenStore({
  users,
  revokedAt,
}: Pick<Tables, "users" | "revokedAt">): ProgramTokenStore {
  const tokens = new Map<ProgramTokenId, { readonly token: ProgramToken; readonly hash: string }>();

  return {
    async create(token, hash) {
      if (tokens.has(token.id))
        throw new ChatError("conflict", "This token was made before. Without its secret, revoke it and make another.");
      const own = tokens.values().filter((each) => each.token.owner === token.owner);
      if (own.toArray().length >= maxTokensPerPerson) throw tooManyTokens();
      tokens.set(token.id, { token, hash });
    },
    async byHash(hash) {
      const found = tokens.values().find((each) => each.hash === hash);
      const user = found && users.get(found.token.user)?.user;
      return found && user && { token: found.token, user };
    },
    async listOf(owner) {
      const own = [...tokens.values()].map(({ token }) => token).filter((token) => token.owner === owner);
      return own.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, maxTokensPerPerson);
    },
    async revoke(id, owner, at) {
      const token = tokens.get(id)?.token;
      if (token?.owner !== owner) return undefined;
      tokens.delete(id);
      revokedAt.set(asSession(id), at);
      return token;
    },
    async markUsed(id, at) {
      const found = tokens.get(id);
      if (found === undefined || (found.token.lastUsedAt ?? "") >= at) return;
      tokens.set(id, { ...found, token: { ...found.token, lastUsedAt: at } });
    },
  };
}
