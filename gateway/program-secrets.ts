/**
 * Secrets of program tokens: made here, shown once, kept as a hash. SHA-256 and no slow hash: a secret of 256 random bits
 * can't be guessed however fast a guess is, and it is checked at every request.
 */
import { createHash, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { ChatError } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { asSession, type ProgramToken } from "#domain/program-token.ts";
import { errorFields, type Log } from "./log.ts";
import type { Caller } from "./tokens.ts";

/** By this people and secret scanners know such a token when they see one. */
const prefix = "superchat_";
const secretBytes = 32;
const shape = /^superchat_[A-Za-z0-9_-]{43}$/;
const maxRememberedTokens = 20_000;
/** How exactly it is known when a token was last used. */
const noteUseEveryMs = 60_000;

export interface ProgramSecrets {
  make(): { readonly secret: string; readonly hash: string };
  /** @throws ChatError unauthenticated; unavailable */
  verify(secret: string): Promise<Caller>;
}

interface Remembered {
  readonly caller: Caller;
  readonly id: ProgramToken["id"];
  /** The store is asked again then. Until that a revoked token is known by its revocation, like a sign-in. */
  readonly untilMs: number;
  notedAtMs: number;
}

/** @param trustMs how long a token counts as good without asking again: no longer than revocations are remembered */
export function createProgramSecrets(
  ports: Pick<Ports, "programTokens" | "clock">,
  trustMs: number,
  log: Log,
): ProgramSecrets {
  /** By hash, so that memory holds no secret either. */
  const remembered = new LRUCache<string, Remembered>({ max: maxRememberedTokens });

  const find = async (hash: string): Promise<Remembered> => {
    // From before the store is asked: a revocation that overtakes the answer is remembered for at least as long.
    const untilMs = ports.clock.now() + trustMs;
    const found = await ports.programTokens.byHash(hash);
    if (found === undefined) throw unknownToken();
    const { token, user } = found;
    const caller: Caller = {
      user: { id: user.id, name: user.name },
      session: asSession(token.id),
      expiresAtMs: Date.parse(token.expiresAt),
      scopes: token.scopes,
    };
    const notedAtMs = token.lastUsedAt === undefined ? 0 : Date.parse(token.lastUsedAt);
    const entry = { caller, id: token.id, untilMs, notedAtMs };
    remembered.set(hash, entry);
    return entry;
  };

  return {
    make() {
      const secret = `${prefix}${randomBytes(secretBytes).toString("base64url")}`;
      return { secret, hash: hashOfSecret(secret) };
    },

    async verify(secret) {
      if (!shape.test(secret)) throw unknownToken();
      const hash = hashOfSecret(secret);
      const now = ports.clock.now();
      const known = remembered.get(hash);
      const entry = known !== undefined && known.untilMs > now ? known : await find(hash);
      if (entry.caller.expiresAtMs <= now)
        throw new ChatError("unauthenticated", "This token has expired. Make another.");
      if (now - entry.notedAtMs >= noteUseEveryMs) {
        entry.notedAtMs = now;
        const noted = ports.programTokens.markUsed(entry.id, new Date(now).toISOString());
        noted.catch((error) => log.warn("use of a token not noted", errorFields(error)));
      }
      return entry.caller;
    },
  };
}

export function isProgramToken(token: string): boolean {
  return token.startsWith(prefix);
}

export function hashOfSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

function unknownToken(): ChatError {
  return new ChatError("unauthenticated", "This token is not valid here: it may have been revoked.");
}
