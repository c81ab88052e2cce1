/**
 * Between room events and their rows. A member's and an author's name is not kept with the event: it is the person's
 * name today.
 */
import type { Answer } from "#domain/answer.ts";
import type { EventRun, RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Message, TimelineEntry } from "#domain/message.ts";
import { timelineEntryOf } from "#domain/message.ts";
import { excerptOf, type Quote } from "#domain/quote.ts";
import { canonicalReactions, type Reaction } from "#domain/reaction.ts";
import type { Author } from "#domain/user.ts";

export interface EventRow {
  readonly id: string;
  readonly roomId: string;
  readonly roomOffset: number;
  readonly type: string;
  readonly authorId: string;
  readonly authorName: string | null;
  readonly memberId: string | null;
  readonly memberName: string | null;
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What it answers, where that was read with it. */
  readonly replyTo?: QuoteRow | null;
}

export interface MessageRow extends TextRow {
  readonly id: string;
  readonly roomId: string;
  readonly roomOffset: number;
  readonly authorId: string;
  readonly authorName: string | null;
  readonly at: string;
}

/** An event that is no message, or the message; of a room that is known, and with null for what is empty or false. */
export type TimelineRow = (Omit<EventRow, "roomId"> & { readonly text: null }) | MessageTimelineRow;

type MessageTimelineRow = Omit<MessageRow, "roomId" | "mentions" | "deleted"> & {
  readonly mentions: MessageRow["mentions"] | null;
  readonly deleted: true | null;
};

export interface TextRow {
  readonly text: string;
  readonly mentions: readonly string[];
  readonly named: readonly string[] | null;
  readonly editedAt: string | null;
  readonly deleted: boolean;
  readonly reactions: readonly Readonly<Record<string, unknown>>[] | null;
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly replyTo: QuoteRow | null;
}

/** See quoted.ts. */
export interface QuoteRow {
  readonly id: string;
  readonly offset: number;
  readonly authorId: string;
  readonly authorName: string | null;
  /** The beginning of it. */
  readonly text: string;
  readonly deleted: boolean;
}

/** Shown for a person whose row is gone. */
const unknownName = "unknown";

/** An event as the writing statements take it: json of a row. */
export interface EventInput extends Readonly<Record<string, unknown>> {
  readonly id: EventId;
  readonly room: RoomId;
  readonly place: number;
  readonly epoch: string;
  readonly type: RoomEvent["type"];
  readonly author: UserId;
  readonly member: UserId | null;
  readonly at: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Each id once, the first counts. */
export function inputsOf(runs: readonly EventRun[]): EventInput[] {
  const inputs = new Map<string, EventInput>();
  for (const run of runs) {
    for (const event of run.events) {
      const before = inputs.get(event.id);
      if (before === undefined) inputs.set(event.id, inputOf(event, run));
      else if (before.room !== run.room || before.place !== event.offset) throw standsElsewhere(event.id);
    }
  }
  return [...inputs.values()];
}

/** An id has one place for good; at a second one it would leave a hole. */
export function standsElsewhere(id: string): Error {
  return new Error(`The event ${id} stands elsewhere.`);
}

function inputOf({ id, offset, at, author, ...event }: RoomEvent, { room, epoch }: EventRun): EventInput {
  const member = "member" in event ? event.member.id : null;
  return { id, room, place: offset, epoch, type: event.type, author: author.id, member, at, body: bodyOf(event) };
}

/** Of what it answers without the words, which are another message's: they are read with it, as they are then. */
function bodyOf(event: { readonly type: string }): Readonly<Record<string, unknown>> {
  const { type: _type, room: _room, member: _member, ...body } = event as Record<string, unknown>;
  return body.replyTo === undefined ? body : { ...body, replyTo: wordless(body.replyTo as Quote) };
}

function wordless(quote: Quote): Quote {
  return { ...quote, text: "" };
}

export function eventOf(row: EventRow): RoomEvent {
  const member = row.memberId === null ? {} : { member: person(row.memberId, row.memberName) };
  const head = { id: row.id, room: row.roomId, offset: row.roomOffset, type: row.type, at: row.at };
  const { replyTo: stored, ...body } = row.body;
  const replyTo = stored === undefined ? {} : { replyTo: row.replyTo ? quote(row.replyTo) : wordless(stored as Quote) };
  return { ...head, author: person(row.authorId, row.authorName), ...member, ...body, ...replyTo } as RoomEvent;
}

export function messageOf(row: MessageRow): Message {
  return messageIn(row.roomId as RoomId, row);
}

/** A page has fifty: so each is made at once, not from parts. */
function messageIn(room: RoomId, row: MessageRow | MessageTimelineRow): Message {
  const {
    id,
    roomOffset: offset,
    authorId,
    authorName,
    text,
    at,
    mentions,
    named,
    replyTo,
    editedAt,
    deleted,
    reactions,
    answer,
  } = row;
  const message: { -readonly [Key in keyof Message]: Message[Key] } = {
    id: id as EventId,
    room,
    offset,
    author: person(authorId, authorName),
    text,
    at,
    mentions: (mentions ?? []) as readonly UserId[],
  };
  if (named !== null) message.named = named;
  if (replyTo !== null) message.replyTo = quote(replyTo);
  if (editedAt !== null) message.editedAt = editedAt;
  if (deleted) message.deleted = true;
  if (reactions !== null) message.reactions = canonicalReactions(reactions as unknown as readonly Reaction[]);
  if (answer !== null) message.answer = answer as unknown as Answer;
  return message;
}

function quote({ id, offset, authorId, authorName, text, deleted }: QuoteRow): Quote {
  const of = { id: id as EventId, offset, author: person(authorId, authorName) };
  return deleted ? { ...of, text: "", deleted } : { ...of, text: excerptOf(text) };
}

/** A message is shown as it reads now, not as it was posted. */
export function timelineEntry(room: RoomId, row: TimelineRow): TimelineEntry | undefined {
  if (row.text === null) return timelineEntryOf(eventOf({ ...row, roomId: room }));
  return { kind: "message", message: messageIn(room, row) };
}

function person(id: string, name: string | null): Author {
  return { id: id as UserId, name: name ?? unknownName };
}
