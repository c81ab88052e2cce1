/**
 * What a deletion leaves of earlier and later events: the message's own say nothing any more, and no reply quotes it. They keep their
 * places, ids, authors and times. The stores and Redis do the same by their own means (docs/adr/0026-erased-text.md).
 */
import type { EventOf, LoggedEvent, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { requoted } from "./quote.ts";
import { counts } from "./who-changes.ts";

export type Deletion = Pick<EventOf<"message.deleted">, "type" | "message" | "author">;

/** Deletions by the message they are about. */
export type Deletions = ReadonlyMap<EventId, readonly Deletion[]>;

export function deletionsAmong(events: readonly (LoggedEvent | Deletion)[]): Deletions {
  return Map.groupBy(events.filter(isDeletion), ({ message }) => message);
}

function isDeletion(event: LoggedEvent | Deletion): event is Deletion {
  return event.type === "message.deleted";
}

/** The event as it may be shown after these deletions, whichever of them came first; itself where they take nothing from it. */
export function erased(event: RoomEvent, deletions: Deletions): RoomEvent {
  if (event.type !== "message.posted" && event.type !== "message.edited") return event;
  const message = event.type === "message.posted" ? event.id : event.message;
  if (deletions.get(message)?.some((deletion) => counts(deletion, event.author))) return blank(event);
  if (event.type === "message.edited" || event.replyTo === undefined) return event;
  const ofQuoted = deletions.get(event.replyTo.id) ?? [];
  const replyTo = ofQuoted.reduce(requoted, event.replyTo);
  return replyTo === event.replyTo ? event : { ...event, replyTo };
}

/** Events of one room, each as the deletions among them, and these others, leave it; itself where there are none. */
export function erasedAmong(events: readonly RoomEvent[], others: readonly Deletion[] = []): readonly RoomEvent[] {
  const deletions = deletionsAmong(others.length === 0 ? events : [...others, ...events]);
  return deletions.size === 0 ? events : events.map((event) => erased(event, deletions));
}

/** Nothing but what is named here stays: what a later version adds to an event may hold words, too. */
function blank(event: EventOf<"message.posted" | "message.edited">): RoomEvent {
  const { id, room, author, at, offset, answer } = event;
  const kept = {
    id,
    room,
    author,
    at,
    offset,
    text: "",
    mentions: [],
    ...(answer && { answer }),
    deleted: true,
  } as const;
  return event.type === "message.posted"
    ? { ...kept, type: event.type }
    : { ...kept, type: event.type, message: event.message };
}
