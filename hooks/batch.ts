/** What goes to a receiver at once: events of a room in order, as many as fit. Pure. */
import type { RoomEvent } from "#domain/events.ts";
import type { HookId, RoomId } from "#domain/ids.ts";

export const maxBatchEvents = 100;
/** Of the whole body. A single event is far smaller: a text of 16 KiB takes less than 100 KiB as JSON. */
export const maxBatchBytes = 256 * 1024;
/** A new epoch goes on at the time in microseconds; within one there are no holes, and what looks like one is small. */
export const epochGap = 1_000_000;

export interface Batch {
  /** Says which events these are: sent again it is the same, and a batch that has grown is another. */
  readonly id: string;
  readonly body: string;
  /** Offset of the last event in it. */
  readonly to: number;
}

/**
 * The events that follow `position` without a hole. Empty when something is missing there that may yet come: an event with a
 * lower offset can be stored a moment later.
 */
export function unbroken(events: readonly RoomEvent[], position: number): readonly RoomEvent[] {
  let last = position;
  const end = events.findIndex(({ offset }) => {
    const follows = offset === last + 1 || offset - last >= epochGap;
    last = offset;
    return !follows;
  });
  return end === -1 ? events : events.slice(0, end);
}

/** @param events at least one */
export function batchOf(hook: HookId, room: RoomId, events: readonly RoomEvent[]): Batch {
  const [first] = events;
  if (first === undefined) throw new Error("a batch has at least one event");
  const parts: string[] = [];
  let last = first;
  // Room for what stands around the events.
  let bytes = 1_024;
  for (const event of events.slice(0, maxBatchEvents)) {
    const part = JSON.stringify(event);
    bytes += Buffer.byteLength(part) + 1;
    if (bytes > maxBatchBytes && parts.length > 0) break;
    parts.push(part);
    last = event;
  }
  const head = `{"type":"room.events","timestamp":"${last.at}","data":{"room":"${room}","events":[`;
  return { id: `${hook}.${first.offset}-${last.offset}`, body: `${head}${parts.join(",")}]}}`, to: last.offset };
}
