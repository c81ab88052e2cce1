/** History in memory: events by room and offset, with memberships and topics derived from them as they are written. */
import { ChatError, FencedError } from "#domain/errors.ts";
import { type EventRun, maxReordered, type RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import { answeredBy, type Message, messageOf, type TimelineEntry, timelineEntryOf } from "#domain/message.ts";
import { changed, isChange } from "#domain/message-changes.ts";
import type { EventStore, LogSpan, OffsetWindow, TimelineWindow } from "#domain/ports/index.ts";
import { quoteOf } from "#domain/quote.ts";
import { entryBytes, eventBytes, firstWithin, lastWithin, messageBytes } from "#domain/sizes.ts";
import { firstAfter, type RoomRow, type Tables } from "./tables.ts";

export function createMemoryEventStore(tables: Tables): EventStore {
  const positions = new Map<string, number>();

  async function write(runs: readonly EventRun[], span?: LogSpan): Promise<void> {
    if (span !== undefined && (positions.get(span.partition) ?? 0) !== span.from) {
      throw new FencedError(`${span.partition} stands at ${positions.get(span.partition)}, not at ${span.from}.`);
    }
    const fresh = checked(runs);
    if (span !== undefined) positions.set(span.partition, span.to);
    for (const { row, epoch, event } of fresh) {
      const { room, author, offset, type } = event;
      tables.events.set(event.id, { room, author: author.id, offset, discarded: type === "event.discarded" });
      row.events.splice(firstAfter(row.events, event.offset), 0, event);
      if (event.offset > row.offset) Object.assign(row, { epoch, offset: event.offset });
      project(row, event);
    }
  }

  /** What is new of the runs. Refuses all of it when one event can't be stored. */
  function checked(runs: readonly EventRun[]) {
    const fresh: { readonly row: RoomRow; readonly epoch: string; readonly event: RoomEvent }[] = [];
    const ids = new Map<string, string>();
    const places = new Set<string>();
    for (const { room, epoch, events } of runs) {
      const row = tables.rooms.get(room);
      if (row === undefined) throw new ChatError("not-found", "There is no such room.");
      for (const event of events) {
        const place = `${room} ${event.offset}`;
        const ref = tables.events.get(event.id);
        const before = ref === undefined ? ids.get(event.id) : `${ref.room} ${ref.offset}`;
        if (before === place) continue;
        if (before !== undefined) throw new ChatError("conflict", `The event ${event.id} stands elsewhere.`);
        if (places.has(place) || at(row, event.offset))
          throw new ChatError("conflict", `Offset ${event.offset} is taken.`);
        ids.set(event.id, place);
        places.add(place);
        fresh.push({ row, epoch, event });
      }
    }
    return fresh;
  }

  function read<Item>(
    room: RoomId,
    window: OffsetWindow,
    itemOf: (event: RoomEvent, row: RoomRow) => Item | undefined,
    bytesOf: (item: Item) => number,
  ): readonly Item[] {
    const row = tables.rooms.get(room);
    if (row === undefined) return [];
    const all = row.events;
    const { after = 0, before = Number.POSITIVE_INFINITY, limit, maxBytes, from = "newest" } = window;
    const events = all.slice(firstAfter(all, after)).filter((event) => event.offset < before);
    const items = events.flatMap((event) => itemOf(event, row) ?? []);
    if (from === "oldest") return firstWithin(items.slice(0, limit), bytesOf, maxBytes);
    return lastWithin(items.slice(Math.max(items.length - limit, 0)), bytesOf, maxBytes);
  }

  const allMessages = () =>
    [...tables.rooms.values()].flatMap((row) => [...row.messages.values()].map((message) => asNow(message, row)));

  return {
    write,
    position: async (partition) => positions.get(partition),
    find: async (id) => tables.events.get(id),
    async findAll(ids) {
      const known = ids.map((id) => [id, tables.events.get(id)] as const);
      return new Map(known.flatMap(([id, ref]) => (ref === undefined ? [] : [[id, ref]])));
    },
    events: async (room, window) => read(room, window, (event) => event, eventBytes),
    messages: async (room, window) => read(room, window, messageAt, messageBytes),
    timeline: async (room, window) => {
      const entries = read(room, window, entryAt, entryBytes);
      return { entries: entriesUpTo(entries, window), ...wholeTo(tables.rooms.get(room)) };
    },
    async chain(room, message, limit) {
      const found: Message[] = [];
      const row = tables.rooms.get(room);
      for (let next = row?.messages.get(message); row && next && !next.deleted && found.length < limit; ) {
        found.push(asNow(next, row));
        const before = answeredBy(next);
        next = before && row.messages.get(before);
      }
      return found;
    },
    growing: async (author, limit) =>
      allMessages()
        .filter(({ author: { id }, answer, deleted }) => id === author && answer?.state === "growing" && !deleted)
        .slice(0, limit),
    naming: async (person, since, limit) =>
      allMessages()
        .filter(({ author, mentions, at }) => author.id !== person && mentions.includes(person) && at >= since)
        .sort((one, other) => one.at.localeCompare(other.at) || one.offset - other.offset)
        .slice(-limit),
    async head(room) {
      const row = tables.rooms.get(room);
      return row && { epoch: row.epoch, offset: row.offset };
    },
  };
}

function wholeTo({ offset, events }: Pick<RoomRow, "offset" | "events"> = { offset: 0, events: [] }) {
  const recent = events.length - firstAfter(events, offset - maxReordered);
  return recent === Math.min(maxReordered, offset) ? { wholeTo: offset } : {};
}

function project(row: RoomRow, event: RoomEvent): void {
  if (event.type === "message.posted") row.messages.set(event.id, messageOf(event));
  if (isChange(event)) {
    const before = row.messages.get(event.message);
    if (before !== undefined) row.messages.set(before.id, changed(before, event));
  }
  if (event.type === "room.topic-changed") row.topic = event.topic;
  if (event.type === "member.left") row.members.delete(event.member.id);
  if (event.type === "member.joined" && !row.members.has(event.member.id)) {
    const { room, at: joinedAt, offset: readOffset } = event;
    row.members.set(event.member.id, { user: event.member.id, room, joinedAt, readOffset });
  }
}

function messageAt({ id }: RoomEvent, row: RoomRow): Message | undefined {
  const { messages } = row;
  const message = messages.get(id);
  return message && asNow(message, row);
}

/** With what it answers as that reads now. */
function asNow(message: Message, { messages }: RoomRow): Message {
  const { replyTo, ...rest } = message;
  if (replyTo === undefined) return message;
  const answered = messages.get(replyTo.id);
  return answered === undefined ? rest : { ...rest, replyTo: quoteOf(answered) };
}

function entryAt(event: RoomEvent, row: RoomRow): TimelineEntry | undefined {
  const message = messageAt(event, row);
  return message === undefined ? timelineEntryOf(event) : { kind: "message", message };
}

/** Those before the first message that is too much, from the end that is read. */
function entriesUpTo(
  entries: readonly TimelineEntry[],
  { messages = Number.POSITIVE_INFINITY, from = "newest" }: TimelineWindow,
): readonly TimelineEntry[] {
  const ordered = from === "newest" ? entries.toReversed() : entries;
  let left = messages;
  const beyond = ordered.findIndex((entry) => entry.kind === "message" && --left < 0);
  const kept = beyond < 0 ? ordered : ordered.slice(0, beyond);
  return from === "newest" ? kept.toReversed() : kept;
}

function at({ events }: RoomRow, offset: number): RoomEvent | undefined {
  const event = events[firstAfter(events, offset) - 1];
  return event?.offset === offset ? event : undefined;
}
