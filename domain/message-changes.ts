/** What edits, deletions and reactions make of messages. The stores know the same by their own means. */
import { canonicalEmoji } from "./emoji.ts";
import type { EventOf, RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { type Message, type TimelineEntry, timelineEntryOf } from "./message.ts";
import { requoted } from "./quote.ts";
import { withReaction } from "./reaction.ts";
import { counts } from "./who-changes.ts";

/** An event that changes what a message says. */
export type TextChange = EventOf<"message.edited" | "message.deleted">;
export type ReactionChange = EventOf<"reaction.added" | "reaction.removed">;
/** An event that changes a message which is there already. */
export type MessageChange = TextChange | ReactionChange;

export function isTextChange(event: RoomEvent): event is TextChange {
  return event.type === "message.edited" || event.type === "message.deleted";
}

/** Also of an edit whose message was deleted since: what it said is gone. */
export function isDeletion(change: TextChange): boolean {
  return change.type === "message.deleted" || change.deleted === true;
}

export function isReactionChange(event: RoomEvent): event is ReactionChange {
  return event.type === "reaction.added" || event.type === "reaction.removed";
}

export function isChange(event: RoomEvent): event is MessageChange {
  return isTextChange(event) || isReactionChange(event);
}

/** The message as it reads after the event. What is deleted stays deleted, answers nothing, and nobody reacts to it. */
export function changed(message: Message, change: MessageChange): Message {
  if (message.deleted) return message;
  if (change.message !== message.id) return isTextChange(change) ? withQuote(message, change) : message;
  return isTextChange(change) ? rewritten(message, change) : reacted(message, change);
}

/** As the message that it answers reads after the event. */
function withQuote(message: Message, change: TextChange): Message {
  const replyTo = message.replyTo && requoted(message.replyTo, change);
  return replyTo === message.replyTo ? message : { ...message, ...(replyTo && { replyTo }) };
}

/** Only its author changes it. */
function rewritten(message: Message, change: TextChange): Message {
  const { named: _names, ...unnamed } = message;
  const { author, answer: before, reactions: _gone, replyTo: _answered, ...rest } = unnamed;
  if (!counts(change, author)) return message;
  if (change.type === "message.deleted" || change.deleted) {
    return { ...rest, author, ...(before && { answer: before }), text: "", mentions: [], deleted: true };
  }
  const { text, mentions, named, at, answer = before } = change;
  // An answer that is complete now never said anything else.
  return {
    ...unnamed,
    text,
    mentions,
    ...(named && { named }),
    ...(answer === undefined ? { editedAt: at } : { answer }),
  };
}

function reacted(message: Message, { type, emoji, author }: ReactionChange): Message {
  const { reactions: before = [], ...rest } = message;
  const reactions = withReaction(before, emoji, author.id, type === "reaction.added");
  return reactions.length === 0 ? rest : { ...rest, reactions };
}

export type ChangesByMessage = ReadonlyMap<EventId, readonly MessageChange[]>;

/** The changes among events, by the message they are about, in order. */
export function changesAmong(events: readonly RoomEvent[]): ChangesByMessage {
  return Map.groupBy(events.filter(isChange), ({ message }) => message);
}

/**
 * Changes that the message has already change nothing: of a person's reactions with an emoji only the last one counts, so
 * that nobody loses their place by coming and going a second time.
 */
export function withChanges(message: Message, changes: ChangesByMessage): Message {
  const own = changes.get(message.id) ?? [];
  const answered = message.replyTo && changes.get(message.replyTo.id)?.filter(isTextChange);
  const counting = new Map(own.map((change) => [subjectOf(change), change]));
  return [...(answered ?? []), ...counting.values()].reduce(changed, message);
}

function subjectOf(change: MessageChange): string {
  return isReactionChange(change) ? `${canonicalEmoji(change.emoji)} ${change.author.id}` : change.id;
}

export function entryWithChanges(entry: TimelineEntry, changes: ChangesByMessage): TimelineEntry {
  return entry.kind === "message" ? { ...entry, message: withChanges(entry.message, changes) } : entry;
}

/** What events add to a timeline, each message as the last of them leaves it. */
export function entriesAmong(events: readonly RoomEvent[]): readonly TimelineEntry[] {
  const changes = changesAmong(events);
  return events.flatMap((event) => timelineEntryOf(event) ?? []).map((entry) => entryWithChanges(entry, changes));
}
