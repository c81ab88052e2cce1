/** A message as people read it, and the rules for its text. */
import type { Answer } from "./answer.ts";
import { isBlank } from "./blank.ts";
import { decodeEntities } from "./entities.ts";
import { ChatError } from "./errors.ts";
import type { EventOf, RoomEvent } from "./events.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Quote } from "./quote.ts";
import type { Reaction } from "./reaction.ts";
import { byteLength, checkMarks, checkStorable } from "./text.ts";
import type { Author } from "./user.ts";

export interface Message {
  readonly id: EventId;
  readonly room: RoomId;
  readonly offset: number;
  readonly author: Author;
  readonly text: string;
  readonly at: string;
  readonly mentions: readonly UserId[];
  /** Keys of the names that stand out in the text (domain/mention.ts); absent: those that namesShown finds. */
  readonly named?: readonly string[];
  /** What it answers, as that reads now. */
  readonly replyTo?: Quote;
  readonly editedAt?: string;
  readonly deleted?: true;
  /** In the order in which the emoji first came. Absent: none. */
  readonly reactions?: readonly Reaction[];
  /** Of a bot's answer. */
  readonly answer?: Answer;
  /** What a growing answer waits for, in a sentence. Never stored. */
  readonly note?: string;
}

/** What a room's page shows at one offset: a message, or a note of what happened. */
export type TimelineEntry =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "note"; readonly event: Note };

export type Note = EventOf<"room.created" | "room.topic-changed" | "member.joined" | "member.left">;

/** Longest text of a message, in bytes of UTF-8. */
export const maxTextBytes = 16_384;

/** They may show nothing where they stand. */
const marksOfMarkdown = /[*_~`\\]/g;

/** Refuses what is empty, too long, or can't be shown. The text itself is kept as it was written. */
export function checkText(text: string): void {
  if (byteLength(text) > maxTextBytes) {
    throw new ChatError("too-large", `A message has at most ${maxTextBytes} bytes; send it in parts.`, {
      field: "text",
    });
  }
  checkStorable(text, "text");
  // Marks in a row as written are still in a row when entities are decoded: one look finds both.
  const decoded = decodeEntities(text);
  checkMarks(decoded.replace(marksOfMarkdown, ""), "text");
  if (isBlank(decoded)) {
    throw new ChatError("invalid", "Write something first: the message is empty.", { field: "text" });
  }
}

/** Whom a message answers, unless they answer themselves. */
export function answeredIn({ replyTo }: Pick<Message, "replyTo">, sender: Author): UserId | undefined {
  return replyTo?.author.id === sender.id ? undefined : replyTo?.author.id;
}

/** A bot's answer answers its question. */
export function answeredBy(message: Pick<Message, "replyTo" | "answer"> | undefined): EventId | undefined {
  return message?.replyTo?.id ?? message?.answer?.question;
}

export function messageOf(event: EventOf<"message.posted">): Message {
  const { id, room, offset, author, text, at, mentions, named, replyTo, answer, deleted } = event;
  return {
    ...{ id, room, offset, author, text, at, mentions },
    ...(named && { named }),
    ...(replyTo && { replyTo }),
    ...(answer && { answer }),
    ...(deleted && { deleted }),
  };
}

/** How an event appears in the timeline; undefined for one that shows nothing. */
export function timelineEntryOf(event: RoomEvent): TimelineEntry | undefined {
  switch (event.type) {
    case "message.posted":
      return { kind: "message", message: messageOf(event) };
    case "room.created":
    case "room.topic-changed":
    case "member.joined":
    case "member.left":
      return { kind: "note", event };
    // What changes a message, what was discarded, and whatever kind is not known here.
    default:
      return undefined;
  }
}

export function offsetOf(entry: TimelineEntry): number {
  return entry.kind === "message" ? entry.message.offset : entry.event.offset;
}
