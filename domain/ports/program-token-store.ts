/** Tokens of programs that are alive: found by the hash of their secret, which is all that is kept of it. */
import type { ProgramTokenId, UserId } from "../ids.ts";
import type { ProgramToken } from "../program-token.ts";
import type { User } from "../user.ts";

export interface FoundToken {
  readonly token: ProgramToken;
  /** Who the program speaks as. */
  readonly user: User;
}

/** Tokens that are alive or have expired; revoking deletes for good and leaves a trace for SessionStore.revokedSince. */
export interface ProgramTokenStore {
  /** @throws ChatError conflict when the id stands for a token already, or its owner has maxTokensPerPerson, however many come at once. */
  create(token: ProgramToken, hash: string): Promise<void>;
  byHash(hash: string): Promise<FoundToken | undefined>;
  /** Newest first; those of the owner's bots too. At most maxTokensPerPerson. */
  listOf(owner: UserId): Promise<readonly ProgramToken[]>;
  /** @returns the token; undefined when its owner had no such token. */
  revoke(id: ProgramTokenId, owner: UserId, at: string): Promise<ProgramToken | undefined>;
  /** Never moves back. A token that is gone stays gone. */
  markUsed(id: ProgramTokenId, at: string): Promise<void>;
}
