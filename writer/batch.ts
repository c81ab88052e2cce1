/** The pure part of writing a batch: what was published where, and in which runs it goes to the store. */
import { createHash } from "node:crypto";
import type { EventRun, LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import type { Published } from "#domain/ports/index.ts";

/** An event of the batch at its place in the room. */
export interface Placed {
  readonly logged: LoggedEvent;
  readonly event: RoomEvent;
  readonly epoch: string;
}

export interface Sorted {
  /** Each offset of a room once, in the order of the batch. */
  readonly placed: readonly Placed[];
  /** Events whose id belongs to another room or author. */
  readonly taken: readonly LoggedEvent[];
}

export function sortPublished(batch: readonly LoggedEvent[], published: readonly Published[]): Sorted {
  const placed = new Map<string, Placed>();
  const taken: LoggedEvent[] = [];
  batch.forEach((logged, index) => {
    const place = published[index];
    if (place === undefined) throw new Error("The stream answered for fewer events than it was given.");
    const { room, author, epoch, offset } = place;
    const key = `${room} ${epoch} ${offset}`;
    if (room !== logged.room || author !== logged.author.id) taken.push(logged);
    else if (!placed.has(key)) placed.set(key, { logged, event: { ...logged, offset }, epoch });
  });
  return { placed: [...placed.values()], taken };
}

/** The id under which the place of an event is filled whose own id stands elsewhere: the same for each try. */
export function fillerId({ room, id }: LoggedEvent): EventId {
  const hex = createHash("sha256").update(`${room} ${id}`).digest("hex");
  // Version 8: made as we like (RFC 9562).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}` as EventId;
}

/** Runs by room and epoch; an event sent again has its old offset, and so a run of its own. */
export function runsOf(placed: readonly Placed[]): readonly EventRun[] {
  const streams = new Map<string, { readonly room: RoomId; readonly epoch: string; readonly events: RoomEvent[] }>();
  for (const { event, epoch } of placed) {
    const key = `${event.room} ${epoch}`;
    const stream = streams.get(key) ?? { room: event.room, epoch, events: [] };
    stream.events.push(event);
    streams.set(key, stream);
  }
  return [...streams.values()].flatMap(({ room, epoch, events }) => {
    return consecutive(events.sort((a, b) => a.offset - b.offset)).map((run) => ({ room, epoch, events: run }));
  });
}

function consecutive(ascending: readonly RoomEvent[]): readonly RoomEvent[][] {
  const runs: RoomEvent[][] = [];
  for (const event of ascending) {
    const run = runs.at(-1);
    if (run?.at(-1)?.offset === event.offset - 1) run.push(event);
    else runs.push([event]);
  }
  return runs;
}
