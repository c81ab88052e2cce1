/** Room events: everything that changes what a room shows. Past tense, ordered by offset; all that ever changes about one is that its text is erased. */
import type { Answer } from "./answer.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Quote } from "./quote.ts";
import type { Author } from "./user.ts";

interface EventHead {
  readonly id: EventId;
  readonly room: RoomId;
  /** Who did it. */
  readonly author: Author;
  /** RFC 3339 in UTC with milliseconds, stamped by the gateway. Never a cursor. */
  readonly at: string;
  /** The lowest level that can read it (levels.ts); absent: the first. */
  readonly level?: number;
  /** What newer versions add that older ones may pass over: kept and passed on as it is. */
  readonly ext?: Readonly<Record<string, unknown>>;
}

export type EventBody =
  | { readonly type: "room.created"; readonly name: string }
  | { readonly type: "room.topic-changed"; readonly topic: string }
  | { readonly type: "member.joined"; readonly member: Author }
  | { readonly type: "member.left"; readonly member: Author }
  | {
      readonly type: "message.posted";
      readonly text: string;
      readonly mentions: readonly UserId[];
      /** Keys of the names that stand out in the text (domain/mention.ts); absent where there is no place for one. */
      readonly named?: readonly string[];
      /** What it answers, as that read when this was sent: shown live without a look-up. */
      readonly replyTo?: Quote;
      readonly answer?: Answer;
    }
  /** Replaces what a message of the same author says. */
  | {
      readonly type: "message.edited";
      readonly message: EventId;
      readonly text: string;
      readonly mentions: readonly UserId[];
      readonly named?: readonly string[];
      readonly answer?: Answer;
    }
  | { readonly type: "message.deleted"; readonly message: EventId }
  /** By whoever reacts, to a message of anybody. */
  | { readonly type: "reaction.added"; readonly message: EventId; readonly emoji: string }
  | { readonly type: "reaction.removed"; readonly message: EventId; readonly emoji: string }
  /** Stands where an event was that could not be stored, so that offsets keep no holes. */
  | { readonly type: "event.discarded" };

export type EventType = EventBody["type"];

/** An event as it is in the log: its place in the room is not known yet. */
export type LoggedEvent = EventHead & EventBody;

/** An event at its place in the room. */
export type RoomEvent = LoggedEvent & {
  readonly offset: number;
  /** Of what was posted or edited: the message was deleted since, and this says nothing any more (erased.ts). */
  readonly deleted?: true;
};

/** Events of one room, in order, without holes among them. */
export interface EventRun {
  readonly room: RoomId;
  readonly epoch: string;
  readonly events: readonly RoomEvent[];
}

export type EventOf<T extends EventType> = Extract<RoomEvent, { type: T }>;

/** What is kept of an event that the store can't take. */
export function discarded<E extends LoggedEvent>({ id, room, author, at }: E): LoggedEvent {
  return { id, room, author, at, type: "event.discarded" };
}

/** How far an event may be stored before one of a smaller offset: what gateways append at once. */
export const maxReordered = 64;
