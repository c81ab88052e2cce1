/** Searches of names have a rate for each person, over all gateways; lists without a search have that of pages and calls alone. */
import { isChatError } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import type { Author } from "#domain/user.ts";
import type { SearchRefused } from "#views/chrome.ts";
import type { GatewayContext } from "./app-env.ts";
import { signedIn } from "./chrome.ts";
import type { Log } from "./log.ts";
import { type Refusal, refusalOf } from "./refusals.tsx";

/** Before a name is looked for. @throws ChatError rate-limited */
export async function spendOnSearch(
  ports: Pick<Ports, "limiter">,
  user: Author,
  search: string | undefined,
): Promise<void> {
  if (search) await spend(ports, rateLimits.searchesPerPerson, user.id);
}

/** What a page shows of a search: what was found, or why nothing was looked for. */
export interface Found<T> {
  readonly found?: T;
  readonly refused?: Refusal & { readonly shown: SearchRefused };
}

/** For a page, which stays as it is when the search is one too many, or takes too long: its status and headers are those of the refusal. */
export async function searchFor<T>(
  { ports, log }: { readonly ports: Pick<Ports, "limiter">; readonly log: Log },
  c: GatewayContext,
  search: string | undefined,
  find: () => Promise<T>,
): Promise<Found<T>> {
  if (!search) return { found: await find() };
  try {
    await spendOnSearch(ports, signedIn(c).user, search);
    return { found: await find() };
  } catch (error) {
    if (!isChatError(error, "rate-limited") && !isChatError(error, "unavailable")) throw error;
    const refusal = refusalOf(error, log, c.get("requestId"));
    const { pathname, search: query } = new URL(c.req.url);
    return { refused: { ...refusal, shown: { sentence: refusal.sentence, again: pathname + query } } };
  }
}
