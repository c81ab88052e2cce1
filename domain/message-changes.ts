/** What edits and deletions make of messages. The stores know the same by their own means. */
import type { EventOf, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { type Message, type TimelineEntry, timelineEntryOf } from "./message.ts";

/** An event that changes a message which is there already. */
export type MessageChange = EventOf<"message.edited" | "message.deleted">;

export function isChange(event: RoomEvent): event is MessageChange {
  return event.type === "message.edited" || event.type === "message.deleted";
}

/** The message as it reads after the event. Only its author changes it, and what is deleted stays deleted. */
export function changed(message: Message, change: MessageChange): Message {
  const { deleted, author, answer: before } = message;
  if (change.message !== message.id || change.author.id !== author.id || deleted) return message;
  if (change.type === "message.deleted") return { ...message, text: "", mentions: [], deleted: true };
  const { text, mentions, at, answer = before } = change;
  // An answer that is complete now never said anything else.
  return { ...message, text, mentions, ...(answer === undefined ? { editedAt: at } : { answer }) };
}

export type ChangesByMessage = ReadonlyMap<EventId, readonly MessageChange[]>;

/** The changes among events, by the message they are about, in order. */
export function changesAmong(events: readonly RoomEvent[]): ChangesByMessage {
  return Map.groupBy(events.filter(isChange), ({ message }) => message);
}

export function withChanges(message: Message, changes: ChangesByMessage): Message {
  return (changes.get(message.id) ?? []).reduce(changed, message);
}

export function entryWithChanges(entry: TimelineEntry, changes: ChangesByMessage): TimelineEntry {
  return entry.kind === "message" ? { ...entry, message: withChanges(entry.message, changes) } : entry;
}

/** What events add to a timeline, each message as the last of them leaves it. */
export function entriesAmong(events: readonly RoomEvent[]): readonly TimelineEntry[] {
  const changes = changesAmong(events);
  return events.flatMap((event) => timelineEntryOf(event) ?? []).map((entry) => entryWithChanges(entry, changes));
}
