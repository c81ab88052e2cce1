/** Who is online, by connection. A connection that stops calling (its gateway vanished) goes away after a time-out. */
import type { UserId } from "#domain/ids.ts";
import type { Clock, Presence } from "#domain/ports/index.ts";
import { systemClock } from "./clock.ts";

/** A connection without a heartbeat for this long is gone. */
export const connectionTimeoutMs = 60_000;

export interface MemoryPresenceOptions {
  readonly clock?: Clock;
}

export function createMemoryPresence({ clock = systemClock }: MemoryPresenceOptions = {}): Presence {
  /** When each connection of a person was last heard of. */
  const lastHeard = new Map<UserId, Map<string, number>>();
  let sweptAt = clock.now();

  /** The connections that still count; those that timed out are forgotten on the way. */
  function alive(user: UserId): Map<string, number> {
    const connections = lastHeard.get(user) ?? new Map<string, number>();
    const deadline = clock.now() - connectionTimeoutMs;
    for (const [connection, at] of connections) {
      if (at <= deadline) connections.delete(connection);
    }
    if (connections.size === 0) lastHeard.delete(user);
    return connections;
  }

  /** Bounds what vanished connections leave behind, at a cost per minute and not per call. */
  function sweep(): void {
    if (clock.now() - sweptAt < connectionTimeoutMs) return;
    sweptAt = clock.now();
    for (const user of [...lastHeard.keys()]) alive(user);
  }

  return {
    async enter(user, connection) {
      sweep();
      const connections = alive(user);
      const wasAway = connections.size === 0;
      connections.set(connection, clock.now());
      lastHeard.set(user, connections);
      return wasAway;
    },

    async leave(user, connection) {
      const connections = alive(user);
      const known = connections.delete(connection);
      if (connections.size === 0) lastHeard.delete(user);
      return known && connections.size === 0;
    },

    count: async (user) => alive(user).size,

    online: async (users) => new Set(users.filter((user) => alive(user).size > 0)),
  };
}
