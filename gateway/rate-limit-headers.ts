/** What is left of a rate limit, as draft-ietf-httpapi-ratelimit-headers-10 writes it. */
import type { RateLimit, Taken } from "#domain/ports/index.ts";

export function rateLimitHeaders(
  { name, burst, perMs }: RateLimit,
  { left, fullInMs }: Pick<Taken, "left" | "fullInMs">,
): Readonly<Record<string, string>> {
  return {
    "RateLimit-Policy": `"${name}";q=${burst};w=${seconds(perMs)}`,
    RateLimit: `"${name}";r=${left};t=${seconds(fullInMs)}`,
  };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}
