/** Sends a page: HTML under a policy without inline script or style. Of somebody who is signed in nobody keeps it; others ask about it again. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { GatewayEnv } from "./app-env.ts";

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** Sent with every answer, whatever it is. */
export const securityHeaders: readonly (readonly [name: string, value: string])[] = Object.entries({
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
});

type PageStatus = 200 | 400 | 401 | 403 | 404 | 405 | 406 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;

/** @param content a whole document */
export function page(
  c: Context<GatewayEnv>,
  content: Child,
  status: PageStatus = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return html(c, String(content), status, headers);
}

/** A part of a page, for htmx. */
export function fragment(c: Context<GatewayEnv>, content: Child): Response {
  return html(c, String(content), 200);
}

function html(
  c: Context<GatewayEnv>,
  body: string,
  status: PageStatus,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.body(c.get("bodyOf")(body), status, {
    "Content-Type": "text/html; charset=utf-8",
    // What somebody sees who is signed in is gone with the page: going back after signing out must not show it.
    "Cache-Control": c.get("caller") === undefined ? "private, no-cache" : "no-store",
    Vary: "Accept-Language, Cookie, HX-Request",
    ...headers,
  });
}

/** Whether htmx asks for a part of the page rather than a person for all of it. */
export function wantsFragment(c: Context<GatewayEnv>): boolean {
  return c.req.header("HX-Request") === "true" && c.req.header("HX-Request-Type") !== "full";
}
