/** What may be told of events that were read: nothing of what is deleted, and nothing from the first on that a newer version made. */
import { erasedAmong } from "./erased.ts";
import { type ChatError, unavailable } from "./errors.ts";
import type { EventOf, EventRun, RoomEvent } from "./events.ts";
import { untilNewer } from "./levels.ts";

export interface LegibleRun extends EventRun {
  /** The next event is there, but a newer version made it (levels.ts). */
  readonly endsBeforeNewer?: boolean;
}

export function madeByNewer(): ChatError {
  return unavailable("A newer version of Superchat wrote what comes next. Come back in a moment.");
}

/** A version before may have told the stream, or the store, of a deletion without taking the words away; a newer one may have made some. */
export function legible(
  events: readonly RoomEvent[],
  gone: readonly EventOf<"message.deleted">[] = [],
): Pick<LegibleRun, "events" | "endsBeforeNewer"> {
  const own = untilNewer(events);
  return { events: erasedAmong(own, gone), ...(own.length < events.length && { endsBeforeNewer: true }) };
}

/** @throws ChatError unavailable when a newer version made some of them */
export function allLegible(
  all: readonly RoomEvent[],
  gone: readonly EventOf<"message.deleted">[] = [],
): readonly RoomEvent[] {
  const { events, endsBeforeNewer } = legible(all, gone);
  if (endsBeforeNewer) throw madeByNewer();
  return events;
}
