/**
 * Reads of rooms, each done again where the process stood still meanwhile: what it read may have been deleted since. And since then the
 * others may write what this version can't read: that is asked before anything else, and then nothing is read any more, since what is
 * read around such events has holes that nobody fills.
 */
import { unavailable } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { freshly, type Standstill, standstill } from "#domain/standstill.ts";

type Reading = Pick<Ports, "events" | "stream" | "rooms" | "levels">;

export function freshPorts<Own extends Reading>(ports: Own, still: Standstill = standstill): Own {
  const { events, stream, rooms } = ports;
  const legible = createLegible(ports, still);
  const fresh = <T>(read: () => Promise<T>) =>
    freshly(async () => {
      for (let asking = legible(); asking !== undefined; asking = legible()) await asking;
      const found = await read();
      await legible();
      return found;
    }, still);
  return {
    ...ports,
    events: {
      ...events,
      events: (room, window) => fresh(() => events.events(room, window)),
      messages: (room, window) => fresh(() => events.messages(room, window)),
      timeline: (room, window) => fresh(() => events.timeline(room, window)),
      chain: (room, message, limit) => fresh(() => events.chain(room, message, limit)),
      naming: (person, since, limit) => fresh(() => events.naming(person, since, limit)),
      head: (room) => fresh(() => events.head(room)),
    },
    stream: {
      ...stream,
      head: (room) => fresh(() => stream.head(room)),
      tail: (room, after, limit, bounds) => fresh(() => stream.tail(room, after, limit, bounds)),
      deletions: (room, after) => fresh(() => stream.deletions(room, after)),
    },
    // They say how far rooms are.
    rooms: {
      ...rooms,
      access: (ref, viewer) => fresh(() => rooms.access(ref, viewer)),
      joinedBy: (user) => fresh(() => rooms.joinedBy(user)),
      sidebarOf: (user, now) => fresh(() => rooms.sidebarOf(user, now)),
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
