/**
 * Reads of rooms, each done again where the process stood still meanwhile: what it read may have been deleted since. And since then the
 * others may write what this version can't read: that is asked before anything else, and then nothing is read any more, since what is
 * read around such events has holes that nobody fills.
 */
import { unavailable } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { type Standstill, standstill } from "./standstill.ts";

/** Who stands still in so many reads in a row has no time for more of them. */
export const maxReads = 5;

type Reading = Pick<Ports, "events" | "stream" | "rooms" | "levels">;

export function freshPorts<Own extends Reading>(ports: Own, still: Standstill = standstill): Own {
  const { events, stream, rooms } = ports;
  const legible = createLegible(ports, still);
  const freshly = async <T>(read: () => Promise<T>): Promise<T> => {
    const end = still.onThaw(() => undefined);
    try {
      for (let reads = 0; reads < maxReads; reads++) {
        for (let asking = legible(); asking !== undefined; asking = legible()) await asking;
        const before = still.count();
        const found = await read();
        if (still.count() === before && legible() === undefined) return found;
      }
      throw unavailable("Superchat is too busy to read this at the moment; try again in a moment.");
    } finally {
      end();
    }
  };
  return {
    ...ports,
    events: {
      ...events,
      events: (room, window) => freshly(() => events.events(room, window)),
      messages: (room, window) => freshly(() => events.messages(room, window)),
      timeline: (room, window) => freshly(() => events.timeline(room, window)),
      chain: (room, message, limit) => freshly(() => events.chain(room, message, limit)),
      naming: (person, since, limit) => freshly(() => events.naming(person, since, limit)),
      head: (room) => freshly(() => events.head(room)),
    },
    stream: {
      ...stream,
      head: (room) => freshly(() => stream.head(room)),
      tail: (room, after, limit, bounds) => freshly(() => stream.tail(room, after, limit, bounds)),
      deletions: (room) => freshly(() => stream.deletions(room)),
    },
    // They say how far rooms are.
    rooms: {
      ...rooms,
      access: (ref, viewer) => freshly(() => rooms.access(ref, viewer)),
      joinedBy: (user) => freshly(() => rooms.joinedBy(user)),
      sidebarOf: (user, now) => freshly(() => rooms.sidebarOf(user, now)),
    },
  };
}

/**
 * @returns a question whether this version can read what there is: what it answers is undefined when that is known, else it is to be
 *   waited for. @throws ChatError unavailable when it can't, or when nobody can tell
 */
function createLegible({ levels }: Pick<Ports, "levels">, still: Standstill): () => Promise<void> | undefined {
  /** How often this process had stood still when that was known. */
  let knownAt = still.count();
  let asking: Promise<void> | undefined;

  const ask = async () => {
    const times = still.count();
    await levels.reread();
    knownAt = times;
  };

  return () => {
    if (levels.isOutdated())
      throw unavailable(
        "Superchat is being updated, and this part of it is of the older version. Come back in a moment.",
      );
    if (knownAt === still.count()) return undefined;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
