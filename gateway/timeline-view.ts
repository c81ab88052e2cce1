/** Which part of a room its page shows: the newest entries, those before or after an offset, or both sides of one; never too much. */
import { entriesWithGrownTexts } from "#domain/grown-texts.ts";
import type { UserId } from "#domain/ids.ts";
import { offsetOf, type TimelineEntry } from "#domain/message.ts";
import type { Ports, TimelineWindow } from "#domain/ports/index.ts";
import { readTimeline } from "#domain/read-history.ts";
import type { Room } from "#domain/room.ts";
import { fillsBudget } from "#domain/sizes.ts";
import { textHtml } from "#views/fragments/message-body.ts";
import { renderTurns } from "./render-turns.ts";

/** Messages on one page, and their bytes: as they were sent, and as HTML, which may be several times as long. */
export const timelinePageSize = 50;
/** Entries that are read for one page, notes included: those fold. */
export const maxEntriesRead = 400;
export const maxTimelineBytes = 192 * 1024;
export const maxTimelineHtmlBytes = 512 * 1024;
/** Texts of so many characters together are no more than that as HTML, and nobody needs to look. */
const smallTextLength = maxTimelineHtmlBytes / 64;

export interface TimelineView {
  readonly entries: readonly TimelineEntry[];
  readonly previous?: TimelineEntry | undefined;
  readonly older?: number | undefined;
  readonly newer?: number | undefined;
  readonly start?: number | undefined;
}

/** What was asked for, at most one of them; else the newest. */
export interface Wanted {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
}

/** With whose turn it is that rendering takes. */
type ViewPorts = Pick<Ports, "events" | "stream" | "growing"> & { readonly viewer: UserId };

/** @throws ChatError rate-limited when the viewer asks for too many at once */
export async function timelineView(
  from: Omit<ViewPorts, "viewer">,
  viewer: UserId,
  room: Room,
  wanted: Wanted,
): Promise<TimelineView> {
  const ports = { events: from.events, stream: from.stream, growing: from.growing, viewer };
  const { before, after, around: focus } = wanted;
  if (focus !== undefined) return await around(ports, room, focus);
  return after === undefined ? await upFrom(ports, room, before) : await downFrom(ports, room, after);
}

/** What was found, and whether there may be more beyond its end. */
interface Found {
  readonly entries: readonly TimelineEntry[];
  readonly isFull: boolean;
}

async function read(
  ports: ViewPorts,
  room: Room,
  { maxBytes = maxTimelineBytes, ...window }: Omit<TimelineWindow, "limit"> & { readonly messages: number },
): Promise<Found> {
  const { items, isFull } = await readTimeline(ports, room, { ...window, limit: maxEntriesRead, maxBytes });
  return { entries: await entriesWithGrownTexts(ports, items), isFull };
}

/** One message more than a page tells whether there is another page, and how the first one shown is grouped. */
async function upFrom(ports: ViewPorts, room: Room, before?: number): Promise<TimelineView> {
  const found = await read(ports, room, {
    messages: timelinePageSize + 1,
    ...(before === undefined ? {} : { before }),
  });
  const view = viewFrom(found, await fittingFrom(ports, found, startOfLast(found.entries, timelinePageSize)));
  return before === undefined ? view : { ...view, newer: endOf(view, Math.max(0, before - 1)) };
}

/** The page after an offset. The entry at the offset itself, if there is one, says how the first one is grouped. */
async function downFrom(ports: ViewPorts, room: Room, after: number): Promise<TimelineView> {
  const messages = timelinePageSize + 2;
  const found = await read(ports, room, { after: Math.max(0, after - 1), messages, from: "oldest" });
  const first = found.entries.findIndex((entry) => offsetOf(entry) > after);
  const whole = viewFrom({ ...found, isFull: false }, first < 0 ? found.entries.length : first);
  const entries = await firstFitting(ports, firstMessages(whole.entries, timelinePageSize), maxTimelineHtmlBytes);
  const older = after === 0 ? undefined : (whole.older ?? after + 1);
  const view = { ...whole, entries, older, newer: endOf({ entries }, after), start: after + 1 };
  const isMore = found.isFull || whole.entries.length > entries.length;
  return isMore ? view : await newestFrom(ports, room, after + 1, 0, view);
}

/** A message with what was said before and after it. */
async function around(ports: ViewPorts, room: Room, focus: number): Promise<TimelineView> {
  const half = Math.floor(timelinePageSize / 2);
  const own = { messages: half + 1, maxBytes: maxTimelineBytes / 2 };
  const [before, after] = await Promise.all([
    read(ports, room, { ...own, before: focus }),
    read(ports, room, { ...own, after: Math.max(0, focus - 1), from: "oldest" }),
  ]);
  const first = await fittingFrom(ports, before, startOfLast(before.entries, half), maxTimelineHtmlBytes / 2);
  const last = await firstFitting(ports, firstMessages(after.entries, half), maxTimelineHtmlBytes / 2);
  const whole = viewFrom({ entries: [...before.entries, ...last], isFull: before.isFull }, first);
  const view = { ...whole, newer: endOf(whole, focus), start: focus };
  const isMore = after.isFull || after.entries.length > last.length;
  return isMore ? view : await newestFrom(ports, room, focus, half, view);
}

/**
 * Near the end it is the newest page, which goes on live, and has all from `start` on with up to `back` messages before it: what the
 * stream alone has may be more than a page. Where it is more than two, or does not fit, `stored` is shown first.
 */
async function newestFrom(
  ports: ViewPorts,
  room: Room,
  start: number,
  back: number,
  stored: TimelineView,
): Promise<TimelineView> {
  const found = await read(ports, room, { messages: 2 * timelinePageSize + 1, maxBytes: 2 * maxTimelineBytes });
  const { entries, isFull } = found;
  const first = entries.findIndex((entry) => offsetOf(entry) >= start);
  if (first === 0 && isFull) return stored;
  const at = first < 0 ? entries.length : first;
  const lowest = Math.min(startOfLast(entries.slice(0, at), back), startOfLast(entries, timelinePageSize));
  const index = await fittingFrom(ports, found, lowest);
  return index > at ? stored : { ...viewFrom(found, index), start };
}

/** Where the last messages begin, so many of them, with the notes among and before them. */
function startOfLast(entries: readonly TimelineEntry[], messages: number): number {
  let left = messages;
  return entries.findLastIndex((entry) => entry.kind === "message" && --left < 0) + 1;
}

/** The first messages, so many of them, with the notes among and after them. */
function firstMessages(entries: readonly TimelineEntry[], messages: number): readonly TimelineEntry[] {
  let left = messages;
  const beyond = entries.findIndex((entry) => entry.kind === "message" && --left < 0);
  return beyond < 0 ? entries : entries.slice(0, beyond);
}

/** Entries from an index on; the one before them decides how they begin, and whether there are older ones. */
function viewFrom({ entries: found, isFull }: Found, index: number): TimelineView {
  const entries = found.slice(index);
  const [previous, first] = [found[index - 1], entries[0]];
  if (previous === undefined)
    return { entries, previous, older: isFull && first && offsetOf(first) > 1 ? offsetOf(first) : undefined };
  return { entries, previous, older: first ? offsetOf(first) : offsetOf(previous) + 1 };
}

/** From where on what was found fits, one entry at least; of what is full the first entry only says that there is more. */
async function fittingFrom(
  ports: ViewPorts,
  { entries, isFull }: Found,
  lowest: number,
  maxBytes = maxTimelineHtmlBytes,
): Promise<number> {
  const start = Math.max(lowest, isFull && entries.length > 1 ? 1 : 0);
  const wanted = entries.slice(start);
  return isSmall(wanted) ? start : entries.length - (await firstFitting(ports, wanted.toReversed(), maxBytes)).length;
}

async function firstFitting(
  { viewer }: ViewPorts,
  entries: readonly TimelineEntry[],
  maxBytes: number,
): Promise<readonly TimelineEntry[]> {
  return isSmall(entries) ? entries : await renderTurns.firstWithin(viewer, entries, htmlBytes, maxBytes);
}

function isSmall(entries: readonly TimelineEntry[]): boolean {
  const lengthOf = (entry: TimelineEntry) => (entry.kind === "message" ? entry.message.text.length : 0);
  return !fillsBudget(entries, lengthOf, smallTextLength);
}

/** As they are shown: rendered texts are kept for a while, so the page has them at hand. */
function htmlBytes(entry: TimelineEntry): number {
  return entry.kind === "message" ? Buffer.byteLength(textHtml(entry.message)) : 0;
}

function endOf({ entries }: Pick<TimelineView, "entries">, otherwise: number): number {
  const last = entries.at(-1);
  return last === undefined ? otherwise : offsetOf(last);
}
