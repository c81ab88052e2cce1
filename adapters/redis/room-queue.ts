/**
 * Publishes of a room one call after the other: while a call is on its way, what comes next gathers and leaves together.
 * Keeps their order; what fails takes everything of the same publish with it, and nobody else's.
 */
import { unavailable } from "#domain/errors.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Published } from "#domain/ports/index.ts";

/** Most events, and most bytes of them, in one call: it holds up everything else in that Redis for about 1 ms. */
export const maxCallEvents = 200;
export const maxCallBytes = 256 * 1024;
/** Events that wait over all rooms; further ones are refused at once. */
export const maxQueuedEvents = 50_000;

export interface QueuedEvent {
  readonly event: LoggedEvent;
  readonly json: string;
}

export type PublishCall<Place = Published> = (
  room: RoomId,
  events: readonly QueuedEvent[],
) => Promise<readonly Place[]>;

export interface RoomQueue<Place = Published> {
  /** All of one room, in order. @throws ChatError unavailable */
  publish(room: RoomId, events: readonly LoggedEvent[]): Promise<readonly Place[]>;
}

interface Job<Place> {
  readonly published: Place[];
  readonly size: number;
  failed: boolean;
  resolve(published: readonly Place[]): void;
  reject(error: unknown): void;
}

interface Entry<Place> extends QueuedEvent {
  readonly job: Job<Place>;
}

export function createRoomQueue<Place = Published>(
  call: PublishCall<Place>,
  maxQueued = maxQueuedEvents,
): RoomQueue<Place> {
  /** A room is in here while it has a call on its way or due. */
  const waiting = new Map<RoomId, Entry<Place>[]>();
  let queued = 0;

  async function drain(room: RoomId, entries: Entry<Place>[]): Promise<void> {
    // One turn of the microtask queue, so that what is published together travels together.
    await undefined;
    while (entries.length > 0) {
      const batch = entries.splice(0, batchSize(entries));
      queued -= batch.length;
      const due = batch.filter(({ job }) => !job.failed);
      if (due.length > 0) await publishNow(room, due);
    }
    waiting.delete(room);
  }

  async function publishNow(room: RoomId, batch: readonly Entry<Place>[]): Promise<void> {
    try {
      const published = await call(room, batch);
      batch.forEach(({ job }, index) => {
        const place = published[index];
        if (place === undefined) throw unavailable("The stream answered for fewer events than it was given.");
        job.published.push(place);
        if (job.published.length === job.size) job.resolve(job.published);
      });
    } catch (error) {
      for (const { job } of batch) {
        job.failed = true;
        job.reject(error);
      }
    }
  }

  return {
    publish(room, events) {
      if (queued + events.length > maxQueued) {
        return Promise.reject(unavailable("Too much is being published at once; try again in a moment."));
      }
      const { promise, resolve, reject } = Promise.withResolvers<readonly Place[]>();
      if (events.length === 0) resolve([]);
      const job: Job<Place> = { published: [], size: events.length, failed: false, resolve, reject };
      const entries = events.map((event) => ({ event, json: JSON.stringify(event), job }));
      queued += entries.length;
      const before = waiting.get(room);
      if (before !== undefined) before.push(...entries);
      else {
        waiting.set(room, entries);
        void drain(room, entries);
      }
      return promise;
    },
  };
}

/** How many leave in the next call: at least one. */
function batchSize(entries: readonly QueuedEvent[]): number {
  let bytes = 0;
  let size = 0;
  for (const { json } of entries) {
    bytes += json.length;
    if (size > 0 && (size === maxCallEvents || bytes > maxCallBytes)) break;
    size += 1;
  }
  return size;
}
