/**
 * Access tokens (short-lived JWTs) and refresh tokens. A refresh token names its session and generation and carries a
 * MAC over both, so the store keeps no secret of it and a generation has exactly one token.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import type { SignedIn } from "#domain/accounts.ts";
import { ChatError } from "#domain/errors.ts";
import type { SessionId, UserId } from "#domain/ids.ts";
import { isUuid } from "#domain/ids.ts";
import type { Clock } from "#domain/ports/index.ts";
import type { Scope } from "#domain/program-token.ts";
import type { Author } from "#domain/user.ts";
import { type KeyRing, signingAlgorithm } from "./key-ring.ts";

const issuer = "superchat";
const audience = "superchat";
/** Verifying costs about 0.1 ms of CPU: tokens seen to be good are remembered until they expire. */
const maxRememberedTokens = 20_000;
/** Longest token that is looked at. */
const maxTokenLength = 4_096;

/** Who is calling, by which sign-in or token, until when. */
export interface Caller {
  readonly user: Author;
  /** Of a program: the id of its token, which ends like a sign-in. */
  readonly session: SessionId;
  readonly expiresAtMs: number;
  /** What a program's token may do; absent for a sign-in, which may do all. */
  readonly scopes?: readonly Scope[];
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface Tokens {
  issue(signedIn: { readonly user: Author; readonly session: SignedIn["session"] }): Promise<TokenPair>;
  /** @throws ChatError unauthenticated */
  verify(accessToken: string): Promise<Caller>;
  /** @throws ChatError unauthenticated */
  parseRefresh(refreshToken: string): { readonly session: SessionId; readonly generation: number };
}

export function createTokens(ring: KeyRing, secret: string, lifetimeMs: number, clock: Clock): Tokens {
  const remembered = new LRUCache<string, Caller>({ max: maxRememberedTokens });

  const mac = (session: string, generation: string) =>
    createHmac("sha256", secret).update(`refresh ${session} ${generation}`).digest("base64url");

  const check = async (token: string): Promise<Caller> => {
    const { kid } = decodeProtectedHeader(token);
    const key = typeof kid === "string" ? await ring.byId(kid) : undefined;
    if (key === undefined) throw notSignedIn();
    const { payload } = await jwtVerify(token, key.open, {
      issuer,
      audience,
      algorithms: [signingAlgorithm],
      currentDate: new Date(clock.now()),
      requiredClaims: ["sub", "exp", "sid", "name"],
    });
    const { sub, sid, name, exp } = payload;
    if (typeof sub !== "string" || typeof sid !== "string" || typeof name !== "string") throw notSignedIn();
    return { user: { id: sub as UserId, name }, session: sid as SessionId, expiresAtMs: (exp ?? 0) * 1000 };
  };

  return {
    async issue({ user, session }) {
      const key = ring.newest();
      const now = Math.floor(clock.now() / 1000);
      const expiresIn = Math.floor(lifetimeMs / 1000);
      const accessToken = await new SignJWT({ name: user.name, sid: session.id })
        .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ: "JWT" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(user.id)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresIn)
        .sign(key.secret);
      const generation = String(session.generation);
      return { accessToken, refreshToken: `${session.id}.${generation}.${mac(session.id, generation)}`, expiresIn };
    },

    async verify(token) {
      const known = remembered.get(token);
      if (known !== undefined && known.expiresAtMs > clock.now()) return known;
      if (token.length > maxTokenLength) throw notSignedIn();
      try {
        const caller = await check(token);
        remembered.set(token, caller);
        return caller;
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw expired(error);
        if (error instanceof errors.JOSEError || error instanceof TypeError) throw notSignedIn(error);
        throw error;
      }
    },

    parseRefresh(token) {
      const [session = "", generation = "", tag = "", ...rest] = token.slice(0, maxTokenLength).split(".");
      if (rest.length > 0 || !isUuid(session) || !/^\d{1,9}$/.test(generation)) throw notSignedIn();
      const expected = Buffer.from(mac(session, generation));
      const given = Buffer.from(tag);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw notSignedIn();
      return { session: session as SessionId, generation: Number(generation) };
    },
  };
}

function notSignedIn(cause?: unknown): ChatError {
  return new ChatError("unauthenticated", "Sign in first: the token is missing or not valid here.", { cause });
}

/** Whether what `verify` threw means that a newer token will do. */
export function hasExpired(error: unknown): boolean {
  return error instanceof ChatError && error.cause instanceof errors.JWTExpired;
}

function expired(cause: unknown): ChatError {
  return new ChatError("unauthenticated", "The access token has expired; refresh it.", { cause });
}
