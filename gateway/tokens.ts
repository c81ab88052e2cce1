/**
 * Access tokens (short-lived JWTs) and refresh tokens. A refresh token names its session and generation and carries a
 * MAC over both, so the store keeps no secret of it and a generation has exactly one token.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
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
/** Enough that two communities at one host don't get the same. */
const communityIdLength = 8;
const browserIdBytes = 16;
const placeLength = 16;
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
  /** Tells this community's cookies from those of others at the same host; the same at every gateway and after every start. */
  readonly community: string;
  issue(signedIn: { readonly user: Author; readonly session: SignedIn["session"] }): Promise<TokenPair>;
  /** @throws ChatError unauthenticated */
  verify(accessToken: string): Promise<Caller>;
  /** @throws ChatError unauthenticated */
  parseRefresh(refreshToken: string): { readonly session: SessionId; readonly generation: number };
  /** Stands for a network. */
  placeOf(network: string): string;
  /** What a browser keeps in which somebody of this name has signed in. */
  markBrowser(nameKey: string): string;
  /** @returns an id of the browser; undefined when it was not marked for this name */
  markedBrowser(mark: string, nameKey: string): string | undefined;
}

export function createTokens(ring: KeyRing, secret: string, lifetimeMs: number, clock: Clock): Tokens {
  const remembered = new LRUCache<string, Caller>({ max: maxRememberedTokens });

  const macOf = (text: string) => createHmac("sha256", secret).update(text).digest("base64url");
  const mac = (session: string, generation: string) => macOf(`refresh ${session} ${generation}`);
  const macOfMark = (browser: string, name: string) => macOf(`browser ${browser} ${name}`);

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
    community: macOf("cookie names")
      .replace(/[^A-Za-z0-9]/g, "")
      .slice(0, communityIdLength),

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
      if (!isSame(tag, mac(session, generation))) throw notSignedIn();
      return { session: session as SessionId, generation: Number(generation) };
    },

    placeOf: (network) => macOf(`place ${network}`).slice(0, placeLength),

    markBrowser(name) {
      const browser = randomBytes(browserIdBytes).toString("base64url");
      return `${browser}.1.${macOfMark(browser, name)}`;
    },

    markedBrowser(mark, name) {
      const [browser = "", version, tag = ""] = mark.slice(0, maxTokenLength).split(".");
      return version === "1" && isSame(tag, macOfMark(browser, name)) ? browser : undefined;
    },
  };
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
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
