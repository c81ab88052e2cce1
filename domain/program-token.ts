/** A token that a program calls with instead of a person's sign-in: what it may do, as whom, and until when. */
import { ChatError } from "./errors.ts";
import type { ProgramTokenId, SessionId, UserId } from "./ids.ts";
import { checkOneLine } from "./text.ts";

/** What a token may be allowed. Sign-ins, tokens and bots are for a signed-in person alone: no scope opens them. */
export const scopes = ["rooms:read", "rooms:write", "messages:read", "messages:write", "hooks:manage"] as const;
export type Scope = (typeof scopes)[number];

export const scopeMeanings: Readonly<Record<Scope, string>> = {
  "rooms:read": "See rooms and who is in them",
  "rooms:write": "Create rooms, join, leave and invite",
  "messages:read": "Read messages and follow rooms live",
  "messages:write": "Send messages",
  "hooks:manage": "Make and delete webhooks, through which messages come and go",
};

export interface ProgramToken {
  readonly id: ProgramTokenId;
  /** What its owner calls it. */
  readonly name: string;
  /** Who the program speaks as: the owner, or a bot of theirs. */
  readonly user: UserId;
  readonly owner: UserId;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  readonly expiresAt: string;
  /** To the minute. */
  readonly lastUsedAt?: string;
}

export const maxTokensPerPerson = 50;
export const maxBotsPerPerson = 10;
export const maxTokenNameLength = 64;
export const maxTokenDays = 366;
export const defaultTokenDays = 90;

/** The same for every store, which holds the limit however many are made at once. */
export function tooManyTokens(): ChatError {
  return new ChatError("conflict", `You have ${maxTokensPerPerson} tokens. Revoke one that you don't need any more.`);
}

/** The same for every store, which holds the limit however many are made at once. */
export function tooManyBots(): ChatError {
  return new ChatError("conflict", `You can have at most ${maxBotsPerPerson} bots.`);
}

/** Among sockets and revocations a token stands where a sign-in stands: both have ids of their own, none twice. */
export function asSession(id: ProgramTokenId): SessionId {
  return id as string as SessionId;
}

export function parseTokenName(raw: string): string {
  const name = raw.normalize("NFC").trim();
  checkOneLine(name, "name");
  const length = [...name].length;
  if (length === 0) throw new ChatError("invalid", "Give the token a name, such as what uses it.", { field: "name" });
  if (length <= maxTokenNameLength) return name;
  throw new ChatError("invalid", `A token's name has at most ${maxTokenNameLength} characters.`, { field: "name" });
}

/** In the order of the list, each once. */
export function parseScopes(raw: readonly string[]): readonly Scope[] {
  const chosen = scopes.filter((scope) => raw.includes(scope));
  const unknown = raw.find((word) => !scopes.some((scope) => scope === word));
  if (unknown !== undefined) throw new ChatError("invalid", "There is no such scope.", { field: "scopes" });
  if (chosen.length > 0) return chosen;
  throw new ChatError("invalid", "Choose at least one thing the token may do.", { field: "scopes" });
}

export function parseTokenDays(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= maxTokenDays) return days;
  throw new ChatError("invalid", `A token is good for 1 to ${maxTokenDays} days.`, { field: "expiresInDays" });
}
