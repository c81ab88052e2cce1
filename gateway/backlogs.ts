/** What waits for slow readers has a bound for each person, and in all: past it those who have most waiting are told to come back. */
import type { UserId } from "#domain/ids.ts";

/** Over all sockets of one person at this gateway, and over all of its sockets, in bytes. */
export const maxPersonBacklogBytes = 8 * 1024 * 1024;
export const maxGatewayBacklogBytes = 256 * 1024 * 1024;
/** Besides being looked for when somebody is said to be behind. */
export const lookEveryMs = 5_000;

export interface Backlog {
  readonly user: UserId;
  readonly bytes: number;
  end(): void;
}

/** @param backlogs of whoever is behind */
export function endGreediest(
  backlogs: readonly Backlog[],
  { perPerson = maxPersonBacklogBytes, inAll = maxGatewayBacklogBytes } = {},
): void {
  const byPerson = new Map<UserId, number>();
  let total = 0;
  for (const { user, bytes } of backlogs) {
    byPerson.set(user, (byPerson.get(user) ?? 0) + bytes);
    total += bytes;
  }
  if (total <= perPerson && total <= inAll) return;
  for (const { user, bytes, end } of backlogs.toSorted((one, other) => other.bytes - one.bytes)) {
    const own = byPerson.get(user) ?? 0;
    if (own <= perPerson && total <= inAll) continue;
    byPerson.set(user, own - bytes);
    total -= bytes;
    end();
  }
}
