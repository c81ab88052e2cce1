/** How many bytes things take on their way out, roughly: enough to say how many of them an answer holds. */
import type { RoomEvent } from "./events.ts";
import type { Message, TimelineEntry } from "./message.ts";
import type { OffsetWindow } from "./ports/index.ts";
import { byteLength } from "./text.ts";

/** What an event or a message takes apart from its text: ids, author, time, and the record around them. */
export const headBytes = 400;
/** An id in a list: somebody who is named, or reacts. */
export const listedIdBytes = 40;

export function eventBytes(event: RoomEvent): number {
  // What newer versions added is passed on unread.
  const besides = headBytes + (event.ext === undefined ? 0 : byteLength(JSON.stringify(event.ext)));
  if (event.type !== "message.posted" && event.type !== "message.edited") return besides;
  return besides + byteLength(event.text) + listedIdBytes * (event.mentions.length + (event.named?.length ?? 0));
}

export function messageBytes({ text, mentions, named, reactions }: Message, bytesOfText = byteLength): number {
  let listed = mentions.length + (named?.length ?? 0);
  if (reactions !== undefined) for (const { users } of reactions) listed += 1 + users.length;
  return headBytes + bytesOfText(text) + listedIdBytes * listed;
}

export function entryBytes(entry: TimelineEntry): number {
  return entry.kind === "message" ? messageBytes(entry.message) : headBytes;
}

/** Of a unit of UTF-16. */
const maxBytesPerUnit = 3;

/** More than an entry takes, told without looking at its text. */
function entryBytesAtMost(entry: TimelineEntry): number {
  return entry.kind === "message" ? messageBytes(entry.message, ({ length }) => maxBytesPerUnit * length) : headBytes;
}

/** As firstWithin or lastWithin. Most pages are far from what they may be: of those no text is looked at. */
export function entriesWithin(
  entries: readonly TimelineEntry[],
  { from, maxBytes }: Pick<OffsetWindow, "from" | "maxBytes">,
): readonly TimelineEntry[] {
  if (maxBytes === undefined || !fillsBudget(entries, entryBytesAtMost, maxBytes)) return entries;
  return (from === "oldest" ? firstWithin : lastWithin)(entries, entryBytes, maxBytes);
}

/** The first of these, up to and with the one that fills the budget: one at least. Itself where all of them fit. */
export function firstWithin<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  maxBytes: number = Number.POSITIVE_INFINITY,
): readonly Item[] {
  let bytes = 0;
  const last = items.findIndex((item) => {
    bytes += bytesOf(item);
    return bytes >= maxBytes;
  });
  return last === -1 || last === items.length - 1 ? items : items.slice(0, last + 1);
}

/** The same from the end. */
export function lastWithin<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  maxBytes: number = Number.POSITIVE_INFINITY,
): readonly Item[] {
  let bytes = 0;
  const first = items.findLastIndex((item) => {
    bytes += bytesOf(item);
    return bytes >= maxBytes;
  });
  return first <= 0 ? items : items.slice(first);
}

/** Whether there may be more than these: what they were read from ended because they fill the budget. */
export function fillsBudget<Item>(items: readonly Item[], bytesOf: (item: Item) => number, maxBytes: number): boolean {
  return items.reduce((bytes, item) => bytes + bytesOf(item), 0) >= maxBytes;
}
