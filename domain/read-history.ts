/** Reads a room's past: the store's part, then what only the stream has yet. Access is the caller's business. */
import { unlessUnavailable } from "./errors.ts";
import { type EventOf, type EventRun, maxReordered, type RoomEvent } from "./events.ts";
import { allLegible, type LegibleRun, legible, madeByNewer } from "./legible.ts";
import { untilNewer } from "./levels.ts";
import { type Message, offsetOf, type TimelineEntry, timelineEntryOf } from "./message.ts";
import { changesAmong, entryWithChanges } from "./message-changes.ts";
import type { OffsetWindow, Ports, TimelineReading, TimelineWindow } from "./ports/index.ts";
import type { Room } from "./room.ts";
import { entryBytes, eventBytes, fillsBudget, lastWithin } from "./sizes.ts";

/** What the store does not have yet is looked for among this many events of the stream. */
export const maxUnstoredEvents = 200;

/** More than the stream keeps of a room are not asked for, wherever a page that somebody asks for ends. */
const maxFreshEvents = 1_000;

export type HistoryPorts = Pick<Ports, "events" | "stream">;

/**
 * Events after an offset in order, without holes, up to the first that a newer version made; fewer than `limit` only at the end, or when
 * they fill `maxBytes` (as sizes.ts counts): no more of them is read at once than is answered, one at least.
 */
export async function readEvents(
  ports: HistoryPorts,
  room: Pick<Room, "id" | "epoch"> & Partial<Room>,
  after: number,
  limit: number,
  maxBytes?: number,
): Promise<LegibleRun> {
  const recent = await ports.stream.tail(room.id, after, limit, { maxBytes });
  if (recent !== undefined) return { ...recent, ...legible(recent.events) };
  const stored = await ports.events.events(room.id, { after, limit, maxBytes, from: "oldest" });
  const whole = await withoutFreshHole(ports, room, stored, limit, maxBytes);
  const last = whole.at(-1)?.offset ?? after;
  const left = maxBytes === undefined ? Number.POSITIVE_INFINITY : maxBytes - bytesIn(whole);
  const more = whole.length < limit && left > 0;
  const rest = more
    ? await ports.stream.tail(room.id, last, limit - whole.length, maxBytes === undefined ? {} : { maxBytes: left })
    : undefined;
  const gone = whole.length === 0 ? [] : await newDeletions(ports, room);
  const events = rest === undefined ? whole : [...whole, ...rest.events];
  return { room: room.id, epoch: room.epoch, ...legible(events, gone) };
}

/** The same for whoever comes back for more: they must not take the room for ended. @throws ChatError unavailable when it goes on newer */
export async function readEventsOn(...asked: Parameters<typeof readEvents>): Promise<EventRun> {
  const { endsBeforeNewer, ...run } = await readEvents(...asked);
  if (endsBeforeNewer && run.events.length === 0) throw madeByNewer();
  return run;
}

/**
 * Deletions that the store may not have yet: until then it says what they delete, however long ago that was posted. For a page they are asked
 * for last, so that none is missed that came while it was read. While the stream is away, none is known beyond the store.
 * @param room with how far it was stored when that was read, if it is known: then little of the stream is looked through
 */
export async function newDeletions(
  { stream }: Pick<HistoryPorts, "stream">,
  { id, offset: stored = 0 }: Pick<Room, "id"> & Partial<Room>,
): Promise<readonly EventOf<"message.deleted">[]> {
  return (await unlessUnavailable(stream.deletions(id, Math.max(0, stored - maxReordered)))) ?? [];
}

function bytesIn(events: readonly RoomEvent[]): number {
  return events.reduce((bytes, event) => bytes + eventBytes(event), 0);
}

/**
 * Events are stored in the order of the log, which may differ a little from that of their offsets: what stands between two
 * stored events may be published and not stored yet. Then the tail has it. Where the tail does not reach back, an epoch ended.
 */
async function withoutFreshHole(
  { stream }: HistoryPorts,
  room: Pick<Room, "id">,
  stored: readonly RoomEvent[],
  limit: number,
  maxBytes: number | undefined,
): Promise<readonly RoomEvent[]> {
  let whole = stored;
  for (let at = stored.length - 1; at > 0; at--) {
    const before = stored[at - 1]?.offset ?? 0;
    if (stored[at]?.offset === before + 1) continue;
    const fresh = await stream.tail(room.id, before, limit - at, { maxBytes });
    if (fresh === undefined) break;
    whole = [...stored.slice(0, at), ...fresh.events];
  }
  return whole;
}

/**
 * The newest events before an offset, or of all, in order; fewer than `limit` only at the beginning, or when they fill `maxBytes`. What the
 * stream has is read from its older end, so that its own bound alone holds there.
 * @throws ChatError unavailable when a newer version made some of them
 */
export async function readEventsBefore(
  ports: HistoryPorts,
  room: Room,
  before: number | undefined,
  limit: number,
  maxBytes?: number,
): Promise<readonly RoomEvent[]> {
  const end = before ?? (await ports.stream.head(room.id)).offset + 1;
  const recent = await ports.stream.tail(room.id, Math.max(0, end - 1 - limit), limit);
  const live = recent?.events.filter(({ offset }) => offset < end) ?? [];
  if (live.length === limit) return lastWithin(allLegible(live), eventBytes, maxBytes);
  const stored = await ports.events.events(room.id, { before: end, limit, maxBytes });
  const last = stored.at(-1)?.offset ?? 0;
  const fresh = await ports.stream.tail(room.id, last, limit);
  const rest = fresh?.events.filter(({ offset }) => offset > last && offset < end) ?? [];
  const gone = stored.length === 0 ? [] : await newDeletions(ports, room);
  return lastWithin(allLegible([...stored, ...rest].slice(-limit), gone), eventBytes, maxBytes);
}

/** A page, newest last, and whether there may be more beyond the end that it was read from. */
export interface HistoryPage<Item> {
  readonly items: readonly Item[];
  readonly isFull: boolean;
}

type MessageEntry = Extract<TimelineEntry, { readonly kind: "message" }>;

/** A page of messages. */
export async function readMessages(
  ports: HistoryPorts,
  room: Room,
  window: OffsetWindow,
): Promise<HistoryPage<Message>> {
  const stored = await asEntries(ports.events.messages(room.id, window));
  const entries = await withFresh(ports, room, window, { entries: stored });
  const { items, isFull } = pageOf(window, stored, entries.filter(isMessage));
  return { items: items.map(({ message }) => message), isFull };
}

function isMessage(entry: TimelineEntry): entry is MessageEntry {
  return entry.kind === "message";
}

async function asEntries(messages: Promise<readonly Message[]>): Promise<readonly MessageEntry[]> {
  return (await messages).map((message) => ({ kind: "message", message }));
}

/** A page of what the room shows; with what only the stream has yet it may hold more messages than asked for. */
export async function readTimeline(
  ports: HistoryPorts,
  room: Room,
  window: TimelineWindow,
): Promise<HistoryPage<TimelineEntry>> {
  const stored = await ports.events.timeline(room.id, window);
  return pageOf(window, stored.entries, await withFresh(ports, room, window, stored));
}

/** @param entries what was stored, as it reads now, and what is not stored yet */
function pageOf<Entry extends TimelineEntry>(
  window: TimelineWindow,
  stored: readonly TimelineEntry[],
  entries: readonly Entry[],
): HistoryPage<Entry> {
  // What nothing was added to is bounded already.
  if (entries === stored) return { items: entries, isFull: fills(stored, window) };
  const last = entries.slice(-window.limit);
  return {
    items: window.from === "oldest" ? last : lastWithin(last, entryBytes, window.maxBytes),
    // What the store ended with may have become shorter since.
    isFull: fills(stored, window) || fills(entries, window),
  };
}

const countedMessage = (entry: TimelineEntry) => (isMessage(entry) ? 1 : 0);

function fills(entries: readonly TimelineEntry[], { messages, limit, maxBytes }: TimelineWindow): boolean {
  if (entries.length >= limit || (messages !== undefined && fillsBudget(entries, countedMessage, messages)))
    return true;
  // Last: it looks at each text, and most windows are full of something else.
  return maxBytes !== undefined && fillsBudget(entries, entryBytes, maxBytes);
}

/** With what the stream has beyond the store, in its place, and with what it knows of changes. */
async function withFresh(
  ports: HistoryPorts,
  room: Room,
  window: OffsetWindow,
  reading: TimelineReading,
): Promise<readonly TimelineEntry[]> {
  const { entries: stored, wholeTo = 0 } = reading;
  const { events: fresh, isAll } = await notStoredYet(ports, room, window, reading);
  const gone = isAll || stored.length === 0 ? [] : await newDeletions(ports, room);
  if (fresh.length === 0 && gone.length === 0) return stored;
  const known = new Set(stored.map(offsetOf));
  const first = stored.at(0);
  const news = fresh
    .filter(({ offset }) => !known.has(offset) && offset > (first === undefined ? 0 : offsetOf(first)))
    .flatMap((event) => timelineEntryOf(event) ?? []);
  // What the store had when the room was read is in its messages already; again in part it would bring back older words. A deletion brings none.
  const isNew = ({ type, offset }: RoomEvent) => type === "message.deleted" || offset > Math.max(room.offset, wholeTo);
  const changes = changesAmong([...gone, ...fresh.filter(isNew)]);
  const all = news.length === 0 ? stored : [...stored, ...news].sort((one, other) => offsetOf(one) - offsetOf(other));
  return changes.size === 0 ? all : all.map((entry) => entryWithChanges(entry, changes));
}

interface Fresh {
  readonly events: readonly RoomEvent[];
  /** Nothing of the room is younger, or perhaps not stored yet. Never where a newer version's event cuts them: deletions may stand behind it. */
  readonly isAll: boolean;
}

const none: Fresh = { events: [], isAll: false };

/**
 * What the stream has beyond the store in a window that is read from its end. Events are stored in the order of the log, which may differ
 * from that of their offsets: unless the store says that it is whole, this begins a little before the newest stored entry.
 */
async function notStoredYet(
  { stream }: HistoryPorts,
  room: Room,
  window: OffsetWindow,
  { entries, wholeTo }: TimelineReading,
): Promise<Fresh> {
  const { before = Number.POSITIVE_INFINITY, after = 0, from: end, limit } = window;
  // What is read from its beginning goes on from there. And what lies well before the newest stored event is stored.
  if (end === "oldest" || before + maxReordered <= room.offset) return none;
  const newest = entries.at(-1);
  const last = wholeTo ?? (newest === undefined ? after : offsetOf(newest));
  const known = wholeTo === undefined ? entries.map(offsetOf) : [];
  // A short tail does not reach back that far, but perhaps far enough.
  for (let back = wholeTo === undefined ? maxReordered : 0; ; back = Math.floor(back / 2)) {
    const from = Math.max(after, last - back);
    if (from >= before - 1) return none;
    // Changes may stand between the newest stored entry and what is new.
    const wanted = Math.min(
      before - 1 - from,
      before === Number.POSITIVE_INFINITY ? back + Math.max(limit, maxUnstoredEvents) : maxFreshEvents,
    );
    const run = await stream.tail(room.id, from, wanted, { known });
    if (run === undefined && back > 0) continue;
    const events = run?.events ?? [];
    const own = untilNewer(events);
    const counted = events.length + known.filter((offset) => offset > from && offset <= from + wanted).length;
    return {
      events: own.filter(({ offset }) => offset < before),
      isAll:
        run !== undefined && own.length === events.length && before === Number.POSITIVE_INFINITY && counted < wanted,
    };
  }
}
