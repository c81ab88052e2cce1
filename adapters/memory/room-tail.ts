/** The newest events of one room, bounded in number and in bytes; what is older is in the store. */
import type { RoomEvent } from "#domain/events.ts";
import { eventBytes } from "#domain/sizes.ts";

/** Most events in a room's tail. */
export const maxTailEvents = 500;
/** Most bytes in a room's tail, as estimated by eventBytes. */
export const maxTailBytes = 1_048_576;

export interface RoomTail {
  /** Takes the events that follow directly on the newest one. */
  push(events: readonly RoomEvent[]): void;
  /** Undefined when events after that offset have been dropped already. */
  read(after: number, limit: number): readonly RoomEvent[] | undefined;
}

/** @param start the offset after which the tail is complete */
export function createRoomTail(start: number): RoomTail {
  const kept: RoomEvent[] = [];
  let before = start;
  let bytes = 0;

  return {
    push(events) {
      for (const event of events) {
        kept.push(event);
        bytes += eventBytes(event);
      }
      let dropped = 0;
      for (const event of kept) {
        if (kept.length - dropped <= maxTailEvents && bytes <= maxTailBytes) break;
        bytes -= eventBytes(event);
        dropped += 1;
      }
      kept.splice(0, dropped);
      before += dropped;
    },

    read(after, limit) {
      if (after < before) return undefined;
      return kept.slice(after - before, after - before + limit);
    },
  };
}
