/** The JSON frames of the page's own socket. Each is made once, whoever many it goes to. */
import { LRUCache } from "lru-cache";
import { canonicalEmoji } from "#domain/emoji.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { type Message, offsetOf, timelineEntryOf } from "#domain/message.ts";
import {
  entriesAmong,
  isChange,
  isReactionChange,
  isTextChange,
  type MessageChange,
  type TextChange,
} from "#domain/message-changes.ts";
import type { ReadState } from "#domain/ports/index.ts";
import { excerptOf } from "#domain/quote.ts";
import type { Position } from "#domain/room.ts";
import { firstWithin } from "#domain/sizes.ts";
import type { Author } from "#domain/user.ts";
import { textHtml } from "#views/fragments/message-body.ts";
import { renderRun } from "#views/fragments/timeline.tsx";
import { withEmoji } from "#views/short-names.ts";
import type { GrownSignal } from "./growing.ts";
import type { Revision } from "./revisions.ts";

export const beatFrame = JSON.stringify({ beat: true });
export const waitingFrame = (accepted?: RoomId): string => JSON.stringify({ waiting: true, accepted });
export const signedOutFrame = JSON.stringify({ signedOut: true });

/** Excerpts of edited messages, kept as rendered texts are. Counted as two bytes a character, with the texts. */
const maxExcerptBytes = 4 * 1024 * 1024;
const excerpts = new LRUCache<string, string>({
  maxSize: maxExcerptBytes,
  sizeCalculation: (excerpt, text) => 2 * (text.length + excerpt.length) + 200,
});

/** Largest frame of a run, in bytes before it is JSON, unless its first event alone makes a larger one. */
export const maxRunFrameBytes = 192 * 1024;

export interface RunFrame {
  readonly frame: string;
  /** Those of the events that are in it: all, or as many as fit. */
  readonly events: readonly RoomEvent[];
  /** What these make of messages that were counted. */
  readonly revised: readonly Revision[];
}

/**
 * New entries of a room as HTML, as many as fit into a frame.
 * @param previous the event before them, which decides how the first is grouped
 * @param revise asked once, of those that fit, where activity goes along: a frame of its own would be one more write to each socket
 */
export function runFrame(
  { room, epoch }: { readonly room: RoomId; readonly epoch: string },
  events: readonly RoomEvent[],
  previous: RoomEvent | undefined,
  revise?: (events: readonly RoomEvent[]) => readonly Revision[],
): RunFrame {
  const entries = htmlOfEntries(events, previous);
  const changes = changesShown(events).map((change) => [change.offset, changeOf(change)] as const);
  const bytes = new Map(entries.map(([offset, html]) => [offset, Buffer.byteLength(html)]));
  for (const [offset, change] of changes) bytes.set(offset, Buffer.byteLength("html" in change ? change.html : ""));
  const fitting = firstWithin(events, ({ offset }) => bytes.get(offset) ?? 0, maxRunFrameBytes);
  if (fitting.length < events.length) return runFrame({ room, epoch }, fitting, previous, revise);
  const run = { room, epoch, from: events[0]?.offset, to: events.at(-1)?.offset };
  const revised = revise?.(events) ?? [];
  const activity = revise && activityOf(room, events, revised);
  const frame = JSON.stringify({
    run,
    content: entries.map(([, html]) => html).join(""),
    ...(changes.length > 0 && { changes: changes.map(([, change]) => change) }),
    ...(activity && { activity }),
  });
  return { frame, events, revised };
}

function htmlOfEntries(events: readonly RoomEvent[], previous: RoomEvent | undefined) {
  let before = previous && timelineEntryOf(previous);
  return entriesAmong(events).map((entry) => {
    const html = renderRun([entry], before);
    before = entry;
    return [offsetOf(entry), html] as const;
  });
}

/** In order; of what a message came to say the last alone. */
function changesShown(events: readonly RoomEvent[]): readonly MessageChange[] {
  const changes = events.filter(isChange);
  const last = new Map(changes.filter(isTextChange).map((change) => [change.message, change]));
  return changes.filter((change) => isReactionChange(change) || last.get(change.message) === change);
}

/** What in these events has to be rendered before a frame can be made of them; `renderedBytes` does. */
export function textsOf(events: readonly RoomEvent[]): readonly ShownText[] {
  const posted = entriesAmong(events).flatMap((entry) => (entry.kind === "message" ? [entry.message] : []));
  return [...posted, ...changesShown(events).filter(isTextChange)];
}

type ShownText = Message | TextChange;

/** What is rendered is kept: the frame finds it. */
export function renderedBytes(text: ShownText): number {
  return Buffer.byteLength("type" in text ? textChangeOf(text).html : textHtml(text));
}

/** For a message that the page shows already: what stands in it and its quotes now, or who reacts with what. */
function changeOf(change: MessageChange) {
  if (!isReactionChange(change)) return textChangeOf(change);
  const { message, author, emoji, type } = change;
  return { id: message, user: author.id, emoji: canonicalEmoji(emoji), added: type === "reaction.added" };
}

function textChangeOf(change: TextChange) {
  const edit = change.type === "message.deleted" || change.deleted ? undefined : change;
  const { text, mentions, named, answer } = edit ?? { text: "", mentions: [] };
  const look = edit === undefined ? { deleted: true as const } : answer ? { answer } : { editedAt: change.at };
  const html = textHtml({ id: change.message, room: change.room, text, mentions, ...(named && { named }), ...look });
  const excerpt = edit && shownExcerpt(text);
  return { id: change.message, author: change.author.id, html, excerpt };
}

function shownExcerpt(text: string): string {
  const before = excerpts.get(text);
  if (before !== undefined) return before;
  const excerpt = withEmoji(excerptOf(text));
  excerpts.set(text, excerpt);
  return excerpt;
}

export function resetFrame(room: RoomId, { epoch, offset }: Position): string {
  return JSON.stringify({ reset: { room, epoch, offset } });
}

export function caughtUpFrame(room: RoomId, { epoch, offset }: Position): string {
  return JSON.stringify({ caughtUp: { room, epoch, offset } });
}

/** What a member needs to count what they have not seen. */
export interface Activity {
  readonly room: RoomId;
  readonly from: number;
  readonly to: number;
  readonly messages: readonly (readonly [offset: number, author: UserId, mentions: readonly UserId[]])[];
  /** Of messages, also earlier ones: since which event, and what they are now. */
  readonly revised?: readonly (readonly [
    at: number,
    offset: number,
    author: UserId,
    mentions: readonly UserId[],
    deleted: boolean,
  ])[];
}

/** Undefined when nobody wrote anything, or changed it. */
export function activityOf(
  room: RoomId,
  events: readonly RoomEvent[],
  revisions: readonly Revision[],
): Activity | undefined {
  const messages = events.flatMap((event) =>
    event.type === "message.posted" ? [[event.offset, event.author.id, event.mentions] as const] : [],
  );
  if (messages.length === 0 && revisions.length === 0) return undefined;
  const revised = revisions.map(
    ({ at, offset, author, mentions, deleted }) => [at, offset, author, mentions, deleted] as const,
  );
  const [from = 0, to = 0] = [messages[0]?.[0], messages.at(-1)?.[0]];
  return { room, from, to, messages, ...(revised.length > 0 && { revised }) };
}

/** For members who look elsewhere. */
export function activityFrame(activity: Activity): string {
  return JSON.stringify({ activity });
}

export function unreadFrame(unread: readonly ReadState[]): string {
  return JSON.stringify({ unread });
}

/** A text in the room has grown; at 0 it is the whole text so far. */
export function grownFrame(room: RoomId, { message, at, piece, note }: GrownSignal): string {
  return JSON.stringify({ grown: { room, message, at, piece, note } });
}

export function typingFrame(room: RoomId, user: Author): string {
  return JSON.stringify({ typing: { room, user } });
}

export function presenceFrame(
  room: RoomId,
  { user, online }: { readonly user: UserId; readonly online: boolean },
): string {
  return JSON.stringify({ presence: { room, user, online } });
}

export function roomsFrame(room: RoomId, member: boolean): string {
  return JSON.stringify({ rooms: { room, member } });
}

/** @param absent somebody is named in it who is not in the room: the page asks who (routes/absent.tsx) */
export function ackFrame(id: EventId, absent: boolean): string {
  return JSON.stringify({ ack: { id, ...(absent && { absent }) } });
}
