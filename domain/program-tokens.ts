/** Making and revoking tokens of programs, and the bots that some of them speak as. The secret itself is the gateway's. */
import { ChatError } from "./errors.ts";
import type { ProgramTokenId, UserId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import {
  asSession,
  defaultTokenDays,
  type ProgramToken,
  parseScopes,
  parseTokenDays,
  parseTokenName,
} from "./program-token.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { parseNewName } from "./reserved-names.ts";
import { timeNow } from "./time-now.ts";
import type { Author, User } from "./user.ts";

type TokenPorts = Pick<Ports, "programTokens" | "users" | "signals" | "limiter" | "clock" | "ids">;

export interface TokenWish {
  /** The same for each try: the second one is a conflict, because the secret is shown once. */
  readonly id?: ProgramTokenId | undefined;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresInDays?: number | undefined;
  /** A bot of the owner's to speak as, instead of the owner. */
  readonly bot?: UserId | undefined;
}

export interface TokenOfSomebody {
  readonly token: ProgramToken;
  /** Who it speaks as. */
  readonly user: Author;
}

const dayMs = 24 * 3_600_000;

/** @param hash of the secret, by which the token is found */
export async function createProgramToken(
  ports: TokenPorts,
  owner: Author,
  wish: TokenWish,
  hash: string,
): Promise<TokenOfSomebody> {
  const name = parseTokenName(wish.name);
  const scopes = parseScopes(wish.scopes);
  const days = parseTokenDays(wish.expiresInDays ?? defaultTokenDays);
  await spend(ports, rateLimits.tokensPerPerson, owner.id);
  const user = wish.bot === undefined ? owner : await ownBot(ports, owner, wish.bot);
  const now = ports.clock.now();
  const token: ProgramToken = {
    id: wish.id ?? (ports.ids.next() as ProgramTokenId),
    name,
    user: user.id,
    owner: owner.id,
    scopes,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + days * dayMs).toISOString(),
  };
  await ports.programTokens.create(token, hash);
  return { token, user };
}

/** Newest first; those of bots too. */
export async function listProgramTokens(ports: TokenPorts, owner: Author): Promise<readonly TokenOfSomebody[]> {
  const tokens = await ports.programTokens.listOf(owner.id);
  const users = new Map((await ports.users.byIds(tokens.map(({ user }) => user))).map((user) => [user.id, user]));
  return tokens.map((token) => ({ token, user: users.get(token.user) ?? owner }));
}

/** Every gateway forgets the token at once, and closes its sockets. */
export async function revokeProgramToken(ports: TokenPorts, owner: Author, id: ProgramTokenId): Promise<void> {
  const at = timeNow(ports);
  const token = await ports.programTokens.revoke(id, owner.id, at);
  if (token === undefined) throw new ChatError("not-found", "There is no such token.");
  await ports.signals.toUser(token.user, { type: "revoked", sessions: [asSession(id)] });
}

/** An account nobody signs in to: programs speak as it, with tokens of its owner. */
export async function createBot(ports: TokenPorts, owner: Author, rawName: string): Promise<User> {
  const name = parseNewName(rawName);
  await spend(ports, rateLimits.botsPerPerson, owner.id);
  const createdAt = timeNow(ports);
  const bot: User = { id: ports.ids.next() as UserId, name, kind: "bot", createdAt, owner: owner.id };
  await ports.users.create(bot, undefined);
  return bot;
}

async function ownBot(ports: TokenPorts, owner: Author, id: UserId): Promise<User> {
  const bot = await ports.users.byId(id);
  if (bot?.owner === owner.id) return bot;
  throw new ChatError("not-found", "You have no such bot.", { field: "bot" });
}
