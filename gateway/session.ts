/** Who is calling: by Bearer token for programs, by cookies for pages. Refreshes a page's cookies on the way. */
import { ChatError, isChatError } from "#domain/errors.ts";
import type { Scope } from "#domain/program-token.ts";
import { sessionLifetimeMs } from "#domain/session.ts";
import { checkRefresh, endSession, refreshSession } from "#domain/sessions.ts";
import { type Author, nameKey } from "#domain/user.ts";
import type { GatewayContext, Parts } from "./app-env.ts";
import { type CookieKind, dropCookie, dropOldCookies, putCookie, readCookies } from "./cookies.ts";
import { isProgramToken } from "./program-secrets.ts";
import { isReachedSecurely } from "./reached-by.ts";
import type { Caller, TokenPair } from "./tokens.ts";

/** For how long a browser is remembered in which somebody has signed in. */
const knownBrowserMs = 365 * 24 * 3_600_000;

type SessionParts = Pick<Parts, "ports" | "config" | "tokens" | "programs" | "revocations">;

/** @throws ChatError unauthenticated */
export async function bearerCaller(parts: SessionParts, headers: Headers): Promise<Caller> {
  const token = bearerToken(headers);
  if (!token) throw signInFirst();
  return await callerByToken(parts, token);
}

/** Of an Authorization header, perhaps empty; undefined where there is none, or one of another scheme. */
export function bearerToken(headers: Headers): string | undefined {
  const [scheme = "", token = ""] = (headers.get("authorization") ?? "").split(" ");
  return scheme.toLowerCase() === "bearer" ? token : undefined;
}

/**
 * Who a program calls as: by the access token of a sign-in, or by a token made for programs, which may do only what its
 * scopes say (see mayDo). Never for a cookie: pages ask for no scope.
 * @throws ChatError unauthenticated
 */
export async function callerByToken(parts: SessionParts, token: string): Promise<Caller> {
  if (!isProgramToken(token)) return await livingCaller(parts, token);
  const caller = await parts.programs.verify(token);
  if (parts.revocations.has(caller.session)) throw signInFirst();
  return caller;
}

/** A sign-in may do everything; a program's token what it was made for. */
export function mayDo({ scopes }: Caller, scope: Scope): boolean {
  return scopes === undefined || scopes.includes(scope);
}

/** The person at the page; undefined when nobody is signed in. */
export async function pageCaller(parts: SessionParts, c: GatewayContext): Promise<Caller | undefined> {
  const cookies = c.req.header("cookie");
  for (const access of readCookies(cookies, parts.tokens.community, "access").found) {
    const caller = await unlessUnauthenticated(livingCaller(parts, access));
    if (caller !== undefined) return caller;
  }
  const { found } = readCookies(cookies, parts.tokens.community, "refresh");
  for (const refresh of found) {
    const caller = await unlessUnauthenticated(refreshed(parts, c, refresh));
    if (caller !== undefined) return caller;
  }
  if (found.length > 0) {
    dropCookies(parts, c);
    c.set("ended", true);
  }
  return undefined;
}

/** For a socket's handshake. Exchanges nothing: a lost answer would take the sign-in with it. */
export async function socketCaller(parts: SessionParts, headers: Headers): Promise<Caller | undefined> {
  const cookies = headers.get("cookie");
  const ways = [
    ["access", livingCaller],
    ["refresh", refreshable],
  ] as const;
  for (const [kind, callerBy] of ways) {
    for (const token of readCookies(cookies, parts.tokens.community, kind).found) {
      const caller = await unlessUnauthenticated(callerBy(parts, token));
      if (caller !== undefined) return caller;
    }
  }
  return undefined;
}

type CookieParts = Pick<Parts, "config" | "tokens">;

/** Signs this browser in, and marks it as one in which this person has signed in. */
export function keepCookies(parts: CookieParts, c: GatewayContext, pair: TokenPair, user: Author): void {
  const { community } = parts.tokens;
  const secure = isReachedSecurely(parts.config, c.req.raw.headers, c.req.url);
  const put = (kind: CookieKind, value: string, maxAgeS: number) =>
    putCookie(c, community, secure, { kind, value, maxAgeS });
  // The access cookie outlives its token a little, so that an expired one is refreshed and not missed.
  put("access", pair.accessToken, pair.expiresIn + 60);
  put("refresh", pair.refreshToken, Math.floor(sessionLifetimeMs / 1000));
  if (knownBrowser(parts, c, user.name) === undefined) {
    put("known", parts.tokens.markBrowser(nameKey(user.name)), Math.floor(knownBrowserMs / 1000));
  }
  dropOwnOldCookies(parts, c);
}

/** Which browser this is, if somebody of this name has signed in there. That outlives signing out. */
export function knownBrowser({ tokens }: CookieParts, c: GatewayContext, name: string): string | undefined {
  const marks = readCookies(c.req.header("cookie"), tokens.community, "known").found;
  return marks.map((mark) => tokens.markedBrowser(mark, nameKey(name))).find((browser) => browser !== undefined);
}

function dropCookies(parts: CookieParts, c: GatewayContext): void {
  for (const kind of ["access", "refresh"] as const) dropCookie(c, parts.tokens.community, kind);
  dropOwnOldCookies(parts, c);
}

/**
 * Nobody is signed in here any more. The browser forgets what it kept of our pages, as it may have from before they said no-store; over http
 * it would only complain.
 */
export function signedOut(parts: CookieParts, c: GatewayContext): void {
  dropCookies(parts, c);
  if (isReachedSecurely(parts.config, c.req.raw.headers, c.req.url)) c.header("Clear-Site-Data", '"cache"');
}

function dropOwnOldCookies({ tokens }: CookieParts, c: GatewayContext): void {
  const { old } = readCookies(c.req.header("cookie"), tokens.community, "refresh");
  if (old === undefined) return;
  try {
    tokens.parseRefresh(old);
  } catch (error) {
    if (isChatError(error, "unauthenticated")) return;
    throw error;
  }
  dropOldCookies(c);
}

/** Ends the sign-in of this request, whatever is left of it. */
export async function signOutHere(parts: SessionParts, caller: Caller): Promise<void> {
  await endSession(parts.ports, caller.user, caller.session).catch((error) => {
    if (!isChatError(error, "not-found")) throw error;
  });
}

async function livingCaller(parts: SessionParts, token: string): Promise<Caller> {
  const caller = await parts.tokens.verify(token);
  if (parts.revocations.has(caller.session)) throw signInFirst();
  return caller;
}

async function refreshed(parts: SessionParts, c: GatewayContext, token: string): Promise<Caller> {
  const { session: id, generation } = parts.tokens.parseRefresh(token);
  const session = await refreshSession(parts.ports, id, generation, { again: true });
  const user = await parts.ports.users.byId(session.user);
  if (user === undefined) throw signInFirst();
  const pair = await parts.tokens.issue({ user, session });
  keepCookies(parts, c, pair, user);
  return await parts.tokens.verify(pair.accessToken);
}

async function refreshable(parts: SessionParts, token: string): Promise<Caller> {
  const { session: id, generation } = parts.tokens.parseRefresh(token);
  const session = await checkRefresh(parts.ports, id, generation);
  const user = await parts.ports.users.byId(session.user);
  if (user === undefined) throw signInFirst();
  return { user, session: session.id, expiresAtMs: parts.ports.clock.now() + parts.config.accessTokenMs };
}

async function unlessUnauthenticated(caller: Promise<Caller>): Promise<Caller | undefined> {
  try {
    return await caller;
  } catch (error) {
    if (isChatError(error, "unauthenticated")) return undefined;
    throw error;
  }
}

function signInFirst(): ChatError {
  return new ChatError("unauthenticated", "Sign in first.");
}
