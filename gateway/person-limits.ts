/** What one person may do over all of their sockets together: how many there are, how often they open, how much is said. */
import { LRUCache } from "lru-cache";
import type { UserId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";

/** Sockets of one person, pages and programs, over all gateways. */
export const maxConnectionsPerPerson = 100;
/** Frames and commands at once at this gateway, and how fast that many may come again. */
export const personFrameBurst = 1_200;
export const personFramesPerSecond = 200;
/** Those who said most recently something are remembered. */
const maxPeople = 20_000;

export interface PersonLimits {
  /** One more frame or command of theirs. @returns false when that is too many */
  says(user: UserId): boolean;
  /** One more socket of theirs is about to open. @throws ChatError rate-limited when they do that too often */
  comes(user: UserId): Promise<void>;
  /** Whether somebody with so many sockets at this gateway may open another one: known without asking anybody. */
  mayOpen(here: number): boolean;
  /** Asked by a socket that is counted already, so that many that open at once don't all get in. */
  haveTooMany(user: UserId): Promise<boolean>;
}

/** @param limited false lets everybody do everything */
export function createPersonLimits(ports: Pick<Ports, "limiter" | "presence">, limited: boolean): PersonLimits {
  const allowances = new LRUCache<UserId, { left: number; atMs: number }>({ max: maxPeople });
  return {
    says(user) {
      if (!limited) return true;
      const now = performance.now();
      const { left, atMs } = allowances.get(user) ?? { left: personFrameBurst, atMs: now };
      const grown = Math.min(personFrameBurst, left + ((now - atMs) * personFramesPerSecond) / 1000);
      allowances.set(user, { left: grown < 1 ? grown : grown - 1, atMs: now });
      return grown >= 1;
    },
    comes: async (user) => await spend(ports, rateLimits.connectionsPerPerson, user),
    mayOpen: (here) => !limited || here < maxConnectionsPerPerson,
    haveTooMany: async (user) => limited && (await ports.presence.count(user)) > maxConnectionsPerPerson,
  };
}
