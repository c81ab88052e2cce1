/** Entries of a room in order: groups messages, and on a page (not in live frames) adds day separators and the unread line. */

import type { UserId } from "#domain/ids.ts";
import type { Message, TimelineEntry } from "#domain/message.ts";
import { offsetOf } from "#domain/message.ts";
import { spokenDay } from "../browser/spoken-times.ts";
import { dayOf } from "../clock.ts";
import { messageHtml } from "./message.tsx";
import { foldHtml, isComing, noteHtml } from "./note.tsx";

/** A message this soon after one of the same author belongs to its group. */
const groupWithinMs = 5 * 60_000;

/** What makes a timeline the page of one viewer. */
export interface TimelinePage {
  readonly timeZone: string;
  /** Their clock counts to twelve. */
  readonly hour12?: boolean | undefined;
  readonly now: number;
  readonly viewer?: UserId | undefined;
  /** Undefined for somebody who is not a member: no unread line. */
  readonly readOffset?: number | undefined;
  /** The offset a permalink leads to. */
  readonly focus?: number | undefined;
  /** The offset at which reading begins, where that is not the newest entry. */
  readonly start?: number | undefined;
}

/** For live frames: the same for everybody, times in UTC. */
export function renderRun(entries: readonly TimelineEntry[], previous?: TimelineEntry): string {
  let html = "";
  let before = previous;
  for (const entry of entries) {
    html +=
      entry.kind === "note"
        ? noteHtml(entry.event)
        : messageHtml(entry.message, { grouped: groups(before, entry), timeZone: "UTC" });
    before = entry;
  }
  return html;
}

export function timelineHtml(
  entries: readonly TimelineEntry[],
  previous: TimelineEntry | undefined,
  page: TimelinePage,
): string {
  const { timeZone } = page;
  const today = dayOf(page.now, timeZone);
  const unread = firstUnread(entries, previous, page);
  const { start } = page;
  const startEntry = start === undefined ? undefined : entries.find((entry) => offsetOf(entry) >= start);
  let html = "";
  let before = previous;
  let dayBefore = previous && dayOf(atOf(previous), timeZone);
  for (let at = 0; at < entries.length; ) {
    const row = rowAt(entries, at, timeZone);
    const [entry] = row;
    const day = dayOf(atOf(entry), timeZone);
    if (day !== dayBefore) html += `<li class="day"><time datetime="${day}">${spokenDay(day, today)}</time></li>`;
    if (entry === unread) html += '<li class="unread-line" id="unread-line">New messages</li>';
    const place = placeOf(row, startEntry, page);
    html +=
      entry.kind === "note"
        ? noteRowHtml(row, place)
        : messageHtml(entry.message, {
            grouped: groups(before, entry),
            timeZone,
            hour12: page.hour12,
            viewer: page.viewer,
            marks: marksOf(entry.message, page) + place,
          });
    before = row.at(-1);
    dayBefore = day;
    at += row.length;
  }
  return html;
}

type Row = readonly [TimelineEntry, ...TimelineEntry[]];

/** The entry at this place; with those after it that fold into one line with it. */
function rowAt(entries: readonly TimelineEntry[], at: number, timeZone: string): Row {
  const first = entries[at] as TimelineEntry;
  if (!isFoldable(first)) return [first];
  const rest: TimelineEntry[] = [];
  const day = dayOf(atOf(first), timeZone);
  for (let next = entries[at + 1]; next && isFoldable(next) && dayOf(atOf(next), timeZone) === day; ) {
    rest.push(next);
    next = entries[at + 1 + rest.length];
  }
  return [first, ...rest];
}

function isFoldable(entry: TimelineEntry): boolean {
  return entry.kind === "note" && isComing(entry.event);
}

function noteRowHtml(row: Row, marks: string): string {
  const notes = row.flatMap((entry) => (entry.kind === "note" ? [entry.event] : []));
  const [only, ...others] = notes;
  if (only === undefined) return "";
  return others.length === 0 ? noteHtml(only, marks) : foldHtml(notes.filter(isComing), marks);
}

/** The first message of somebody else after the read mark, if something read stands before it: else the line belongs further up. */
function firstUnread(
  entries: readonly TimelineEntry[],
  previous: TimelineEntry | undefined,
  { readOffset, viewer }: TimelinePage,
): TimelineEntry | undefined {
  const top = previous ?? entries[0];
  if (readOffset === undefined || top === undefined || offsetOf(top) > readOffset) return undefined;
  return entries.find(
    (entry) =>
      entry.kind === "message" &&
      !entry.message.deleted &&
      entry.message.offset > readOffset &&
      entry.message.author.id !== viewer,
  );
}

function groups(before: TimelineEntry | undefined, entry: TimelineEntry): boolean {
  if (before?.kind !== "message" || entry.kind !== "message") return false;
  if (before.message.author.id !== entry.message.author.id || entry.message.replyTo !== undefined) return false;
  return Date.parse(entry.message.at) - Date.parse(before.message.at) <= groupWithinMs;
}

/** What the page opens at: what a permalink leads to is marked as well. */
function placeOf(row: Row, start: TimelineEntry | undefined, { focus }: TimelinePage): string {
  if (focus !== undefined && row.some((entry) => offsetOf(entry) === focus)) return " focused";
  return start !== undefined && row.includes(start) ? " start" : "";
}

function marksOf(message: Message, { viewer }: TimelinePage): string {
  const mine = message.author.id === viewer ? " mine" : "";
  const mentioned = viewer !== undefined && message.mentions.includes(viewer) ? " mentioned" : "";
  const asked = viewer !== undefined && message.answer?.asker === viewer ? " asked" : "";
  return `${mine}${mentioned}${asked}`;
}

function atOf(entry: TimelineEntry): string {
  return entry.kind === "message" ? entry.message.at : entry.event.at;
}
