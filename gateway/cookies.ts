/**
 * The cookies of pages: what they are called, found, set and dropped. Browsers share cookies among all ports of a host, so their names carry
 * an id of the community, and what others set there is left alone.
 */
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

/** `known` marks a browser in which somebody has signed in, for the limits on tries. */
export type CookieKind = "access" | "refresh" | "known";

/** By no name but the kind's: from before names carried an id. Another Superchat of this host may have set one, too. */
const oldName = (kind: CookieKind) => `superchat_${kind}`;

/** A cookie whose name starts so is set over https by the host itself: no other host, nor anybody on the way, can plant one. */
const hostPrefix = "__Host-";

export interface Cookies {
  /** What a request brings, the one to believe first; undefined entries left out. */
  readonly found: readonly string[];
  /** What it brings by a name that may be somebody else's. */
  readonly old: string | undefined;
}

/** One request asks for its cookies several times. */
let last: { readonly header: string; readonly cookies: Readonly<Record<string, string>> } = { header: "", cookies: {} };

/** All that a request brings, by name. */
export function cookiesIn(header: string | null | undefined): Readonly<Record<string, string>> {
  if (header !== last.header) last = { header: header ?? "", cookies: parse(header ?? "") };
  return last.cookies;
}

export function readCookies(header: string | null | undefined, community: string, kind: CookieKind): Cookies {
  const all = cookiesIn(header);
  const { strict, plain } = namesOf(community, kind);
  const old = all[oldName(kind)];
  const found = [all[strict], all[plain], old].filter((value) => value !== undefined);
  return { found, old };
}

export interface NewCookie {
  readonly kind: CookieKind;
  readonly value: string;
  readonly maxAgeS: number;
}

/** Under the name that says most of how it came; the same by the weaker name is dropped. */
export function putCookie(c: Context, community: string, secure: boolean, { kind, value, maxAgeS }: NewCookie): void {
  const { strict, plain } = namesOf(community, kind);
  const options = { httpOnly: true, sameSite: "Lax", path: "/", secure } as const;
  setCookie(c, secure ? strict : plain, value, { ...options, maxAge: maxAgeS });
  if (secure) dropNamed(c, plain);
}

export function dropCookie(c: Context, community: string, kind: CookieKind): void {
  const { strict, plain } = namesOf(community, kind);
  dropNamed(c, strict, { secure: true });
  dropNamed(c, plain);
}

/** Only when what it holds is ours: see oldName. */
export function dropOldCookies(c: Context): void {
  for (const kind of ["access", "refresh"] as const) dropNamed(c, oldName(kind));
}

function dropNamed(c: Context, name: string, options: { readonly secure?: boolean } = {}): void {
  if (name in cookiesIn(c.req.header("cookie"))) deleteCookie(c, name, { path: "/", ...options });
}

function namesOf(community: string, kind: CookieKind): { readonly strict: string; readonly plain: string } {
  const plain = `superchat_${community}_${kind}`;
  return { strict: `${hostPrefix}${plain}`, plain };
}
