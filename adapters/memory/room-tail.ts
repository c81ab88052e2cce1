/** The newest events of one room, bounded in number and in bytes; what is older is in the store. */
import { type Deletion, deletionsAmong, erased } from "#domain/erased.ts";
import type { EventOf, RoomEvent } from "#domain/events.ts";
import { eventBytes } from "#domain/sizes.ts";

/** Most events in a room's tail. */
export const maxTailEvents = 500;
/** Most bytes in a room's tail, as estimated by eventBytes. */
export const maxTailBytes = 1_048_576;

/** Deletions that are remembered for replies that were on their way meanwhile, and quote what is gone. */
export const maxRememberedDeletions = 64;

export interface RoomTail {
  /**
   * Takes the events that follow directly on the newest one, and takes the words of what they delete out of all of them.
   * @returns them as they may be told
   */
  push(events: readonly RoomEvent[]): readonly RoomEvent[];
  /** Undefined when events after that offset have been dropped already. */
  read(after: number, limit: number): readonly RoomEvent[] | undefined;
  deletions(after: number): readonly EventOf<"message.deleted">[];
}

/** @param start the offset after which the tail is complete */
export function createRoomTail(start: number): RoomTail {
  const kept: RoomEvent[] = [];
  let remembered: readonly Deletion[] = [];
  let before = start;
  let bytes = 0;

  function eraseKept(news: readonly RoomEvent[]): void {
    const deletions = deletionsAmong(news);
    kept.forEach((event, at) => {
      const left = erased(event, deletions);
      if (left === event) return;
      bytes += eventBytes(left) - eventBytes(event);
      kept[at] = left;
    });
  }

  return {
    push(events) {
      const news = events.filter((event) => event.type === "message.deleted");
      if (news.length > 0) eraseKept(news);
      const deletions = [...remembered, ...news];
      const byMessage = Map.groupBy(deletions, ({ message }) => message);
      const told = deletions.length === 0 ? events : events.map((event) => erased(event, byMessage));
      remembered = deletions.slice(-maxRememberedDeletions);
      for (const event of told) {
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
      return told;
    },

    read(after, limit) {
      if (after < before) return undefined;
      return kept.slice(after - before, after - before + limit);
    },

    deletions: (after) => kept.slice(Math.max(0, after - before)).filter((event) => event.type === "message.deleted"),
  };
}
