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

/** For sockets, which browsers let any site open: the Origin must be there and be ours. */
export function isOwnSocket(headers: Headers, config: OriginConfig): boolean {
  const origin = headers.get("origin");
  return origin !== null && isOwnOrigin(origin, headers, config);
}

function isOwnOrigin(origin: string, headers: Headers, config: OriginConfig): boolean {
  if (config.origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
