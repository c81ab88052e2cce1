/**
 * What programs missed, as publications. Many that come back together ask for the same: it is read and written as JSON once
 * per room and position, not once per program.
 */
import { LRUCache } from "lru-cache";
import type { RoomId } from "#domain/ids.ts";
import type { Ports } from "#domain/ports/index.ts";
import { readEventsOn } from "#domain/read-history.ts";
import type { Room } from "#domain/room.ts";
import { freshly } from "#domain/standstill.ts";
import { bytesOfRun, publicationJson } from "./frames.ts";

/** Events read at once, and their bytes as they were sent: as JSON they mostly fit into a frame. */
const maxRunEvents = 200;
const maxRunBytes = 192 * 1024;
/** What was read is kept for this long for those that come a moment later, and takes no more than this, and as much again once it is put together. */
const keptForMs = 2_000;
const maxKeptBytes = 16 * 1024 * 1024;

/** With how far it was stored at some time before: the stream is asked for no deletions of longer ago. */
export type MissedRoom = Pick<Room, "id" | "offset">;

export interface Missed {
  /** The events after an offset without holes, as far as they were read; empty when they can't be had at present. */
  read(room: MissedRoom, epoch: string, after: number): Promise<readonly string[]>;
  /** Something of the room was deleted: what was read before says it still. */
  forget(room: RoomId): void;
}

export function createMissed(ports: Pick<Ports, "events" | "stream">): Missed {
  const underWay = new Map<string, Promise<readonly string[]>>();
  let forgotten = 0;
  const kept = new LRUCache<string, readonly string[]>({
    maxSize: maxKeptBytes,
    ttl: keptForMs,
    sizeCalculation: (publications, key) => bytesOfRun(publications) + key.length,
  });

  const load = async ({ id, offset }: MissedRoom, epoch: string, after: number) => {
    const run = await freshly(() => readEventsOn(ports, { id, epoch, offset }, after, maxRunEvents, maxRunBytes));
    if (run.epoch !== epoch) return [];
    const whole = run.events.findIndex(({ offset }, at) => offset !== after + 1 + at);
    return (whole === -1 ? run.events : run.events.slice(0, whole)).map(publicationJson);
  };

  return {
    read(room, epoch, after) {
      const key = `${room.id} ${epoch} ${after}`;
      const known = kept.get(key);
      if (known !== undefined) return Promise.resolve(known);
      const before = underWay.get(key);
      if (before !== undefined) return before;
      const since = forgotten;
      const reading = load(room, epoch, after)
        .then((publications) => {
          if (publications.length > 0 && forgotten === since) kept.set(key, publications);
          return publications;
        })
        .finally(() => {
          if (underWay.get(key) === reading) underWay.delete(key);
        });
      underWay.set(key, reading);
      return reading;
    },

    forget(room) {
      forgotten += 1;
      for (const known of [kept, underWay]) {
        for (const key of [...known.keys()]) if (key.startsWith(room)) known.delete(key);
      }
    },
  };
}
