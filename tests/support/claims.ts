/** What a claim may take, for tests of webhooks: so many in all, and of anything else without end unless said. */
import type { ClaimLimits } from "#domain/ports/index.ts";

export function upTo(all: number, others: Partial<ClaimLimits> = {}): ClaimLimits {
  const [slow, perOwner, perHost] = [999, 999, 999];
  return { all, slow, perOwner, perHost, inFlightByOwner: new Map(), inFlightByHost: new Map(), ...others };
}
