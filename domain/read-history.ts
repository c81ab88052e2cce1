/** Reads a room's past: the store's part, then what only the stream has yet. Access is the caller's business. */
import type { EventRun, RoomEvent } from "./events.ts";
import { type Message, messageOf, offsetOf, type TimelineEntry, timelineEntryOf } from "./message.ts";
import type { OffsetWindow, Ports } from "./ports/index.ts";
import type { Room } from "./room.ts";

export type HistoryPorts = Pick<Ports, "events" | "stream">;

/** Events after an offset in order, without holes; fewer than `limit` only at the end. */
export async function readEvents(ports: HistoryPorts, room: Room, after: number, limit: number): Promise<EventRun> {
  const recent = await ports.stream.tail(room.id, after, limit);
  if (recent !== undefined) return recent;
  const stored = await ports.events.events(room.id, { after, limit, from: "oldest" });
  const last = stored.at(-1)?.offset ?? after;
  const rest = stored.length < limit ? await ports.stream.tail(room.id, last, limit - stored.length) : undefined;
  return { room: room.id, epoch: room.epoch, events: rest === undefined ? stored : [...stored, ...rest.events] };
}

/** A page of messages, newest last. */
export async function readMessages(ports: HistoryPorts, room: Room, window: OffsetWindow): Promise<readonly Message[]> {
  const stored = await ports.events.messages(room.id, window);
  const fresh = await notStoredYet(ports, room, window, stored.at(-1)?.offset);
  const messages = fresh.flatMap((event) => (event.type === "message.posted" ? [messageOf(event)] : []));
  return messages.length === 0 ? stored : [...stored, ...messages].slice(-window.limit);
}

/** A page of what the room shows, newest last. */
export async function readTimeline(
  ports: HistoryPorts,
  room: Room,
  window: OffsetWindow,
): Promise<readonly TimelineEntry[]> {
  const stored = await ports.events.timeline(room.id, window);
  const last = stored.at(-1);
  const fresh = await notStoredYet(ports, room, window, last && offsetOf(last));
  const entries = fresh.flatMap((event) => timelineEntryOf(event) ?? []);
  return entries.length === 0 ? stored : [...stored, ...entries].slice(-window.limit);
}

/** For windows that end at the newest event: what the stream has beyond the store. */
async function notStoredYet(
  ports: HistoryPorts,
  room: Room,
  window: OffsetWindow,
  lastStored: number | undefined,
): Promise<readonly RoomEvent[]> {
  if (window.before !== undefined || window.from === "oldest") return [];
  const run = await ports.stream.tail(room.id, lastStored ?? window.after ?? 0, window.limit);
  return run?.events ?? [];
}
