/**
 * Tells requests of our own pages from those that another site makes a browser send. Modern browsers say so themselves
 * (Sec-Fetch-Site); for the rest the Origin must be the host that was asked. What has neither header is no browser.
 */
import type { Config } from "./config.ts";
import { HttpProblem } from "./http-problem.ts";

type OriginConfig = Pick<Config, "origins">;

/** For requests that change something by cookie. @throws HttpProblem cross-origin */
export function checkSameOrigin(headers: Headers, config: OriginConfig): void {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return;
  const origin = headers.get("origin");
  if (site === null && origin === null) return;
  if (origin !== null && (site === null ? isOwnOrigin(origin, headers, config) : config.origins.includes(origin)))
    return;
  throw new HttpProblem("cross-origin", "This request came from another site and was not carried out.");
}

/**
 * For the one GET that changes something, a picture that marks as read: any site can make a browser ask for it, and for a GET it sends no
 * Origin. Without Sec-Fetch-Site, which it sends to safe addresses alone, the Referer says which page asked; our pages have it sent.
 * @throws HttpProblem cross-origin
 */
export function checkOwnPageAsks(headers: Headers, config: OriginConfig): void {
  const [site, referer] = [headers.get("sec-fetch-site"), headers.get("referer")];
  if (site === "same-origin") return;
  if (site === null && referer !== null && URL.canParse(referer)) {
    if (isOwnOrigin(new URL(referer).origin, headers, config)) return;
  }
  throw new HttpProblem("cross-origin", "Nothing was marked as read: this was not asked for by a page of ours.");
}

/** For sockets, which browsers let any site open: the Origin must be there and be ours. */
export function isOwnSocket(headers: Headers, config: OriginConfig): boolean {
  const origin = headers.get("origin");
  return origin !== null && isOwnOrigin(origin, headers, config);
}

function isOwnOrigin(origin: string, headers: Headers, config: OriginConfig): boolean {
  if (config.origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
