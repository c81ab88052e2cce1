/** Who is calling: by Bearer token for programs, by cookies for pages. Refreshes a page's cookies on the way. */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { ChatError, isChatError } from "#domain/errors.ts";
import type { Scope } from "#domain/program-token.ts";
import { sessionLifetimeMs } from "#domain/session.ts";
import { checkRefresh, endSession, refreshSession } from "#domain/sessions.ts";
import type { GatewayContext, Parts } from "./app-env.ts";
import { isProgramToken } from "./program-secrets.ts";
import type { Caller, TokenPair } from "./tokens.ts";

export const accessCookie = "superchat_access";
export const refreshCookie = "superchat_refresh";

type SessionParts = Pick<Parts, "ports" | "config" | "tokens" | "programs" | "revocations">;

/** @throws ChatError unauthenticated */
export async function bearerCaller(parts: SessionParts, headers: Headers): Promise<Caller> {
  const [scheme = "", token = ""] = (headers.get("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer" || token === "") throw signInFirst();
  return await callerByToken(parts, token);
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
  const access = getCookie(c, accessCookie);
  if (access !== undefined) {
    const caller = await unlessUnauthenticated(livingCaller(parts, access));
    if (caller !== undefined) return caller;
  }
  const refresh = getCookie(c, refreshCookie);
  if (refresh === undefined) return undefined;
  const caller = await unlessUnauthenticated(refreshed(parts, c, refresh));
  if (caller === undefined) dropCookies(c);
  return caller;
}

/** For a socket's handshake. Exchanges nothing: a lost answer would take the sign-in with it. */
export async function socketCaller(parts: SessionParts, headers: Headers): Promise<Caller | undefined> {
  const cookies = parse(headers.get("cookie") ?? "");
  const access = cookies[accessCookie];
  const caller = access === undefined ? undefined : await unlessUnauthenticated(livingCaller(parts, access));
  const refresh = cookies[refreshCookie];
  if (caller !== undefined || refresh === undefined) return caller;
  return await unlessUnauthenticated(refreshable(parts, refresh));
}

export function keepCookies(parts: Pick<Parts, "config">, c: GatewayContext, pair: TokenPair): void {
  const common = { httpOnly: true, sameSite: "Lax", path: "/", secure: isSecure(parts, c) } as const;
  // The access cookie outlives its token a little, so that an expired one is refreshed and not missed.
  setCookie(c, accessCookie, pair.accessToken, { ...common, maxAge: pair.expiresIn + 60 });
  setCookie(c, refreshCookie, pair.refreshToken, { ...common, maxAge: Math.floor(sessionLifetimeMs / 1000) });
}

export function dropCookies(c: GatewayContext): void {
  deleteCookie(c, accessCookie, { path: "/" });
  deleteCookie(c, refreshCookie, { path: "/" });
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
  const session = await refreshSession(parts.ports, id, generation, { grace: true });
  const user = await parts.ports.users.byId(session.user);
  if (user === undefined) throw signInFirst();
  const pair = await parts.tokens.issue({ user, session });
  keepCookies(parts, c, pair);
  return await parts.tokens.verify(pair.accessToken);
}

async function refreshable(parts: SessionParts, token: string): Promise<Caller> {
  const { session: id, generation } = parts.tokens.parseRefresh(token);
  const session = await checkRefresh(parts.ports, id, generation);
  const user = await parts.ports.users.byId(session.user);
  if (user === undefined) throw signInFirst();
  return { user, session: session.id, expiresAtMs: parts.ports.clock.now() + parts.config.accessTokenMs };
}

function isSecure({ config }: Pick<Parts, "config">, c: GatewayContext): boolean {
  if (config.publicUrl?.startsWith("https:")) return true;
  if (config.trustProxy) return c.req.header("x-forwarded-proto") === "https";
  return c.req.url.startsWith("https:");
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
