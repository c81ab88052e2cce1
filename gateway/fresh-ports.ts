/** Reads of a room's past, each done again where the process stood still meanwhile: what it read may have been deleted since. */
import { unavailable } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { type Standstill, standstill } from "./standstill.ts";

/** Who stands still in so many reads in a row has no time for more of them. */
export const maxReads = 5;

export function freshPorts(ports: Ports, still: Standstill = standstill): Ports {
  const { events, stream } = ports;
  const freshly = async <T>(read: () => Promise<T>): Promise<T> => {
    const end = still.onThaw(() => undefined);
    try {
      for (let reads = 0; reads < maxReads; reads++) {
        const before = still.count();
        const found = await read();
        if (still.count() === before) return found;
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
    },
    stream: {
      ...stream,
      tail: (room, after, limit, bounds) => freshly(() => stream.tail(room, after, limit, bounds)),
      deletions: (room) => freshly(() => stream.deletions(room)),
    },
  };
}
