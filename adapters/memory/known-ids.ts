/** Which event ids a stream has given an offset: for as long as they are unconfirmed, and a good while afterwards. */
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Clock } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";

/** A confirmed id is remembered for at least this long, so that a sender's retries meet it. */
export const rememberIdsMs = 10 * 60_000;
/** Unless more than this many are confirmed within that time: then the oldest go first. */
export const maxConfirmedIds = 200_000;

export interface KnownId extends Position {
  readonly room: RoomId;
  readonly author: UserId;
  /** The time that the event bears. */
  readonly at: string;
}

export interface KnownIds {
  get(id: EventId): KnownId | undefined;
  add(id: EventId, known: KnownId): void;
  /** @returns what was known of the id if this is its first confirmation. */
  confirm(id: EventId): KnownId | undefined;
}

export function createKnownIds(clock: Clock, maxConfirmed = maxConfirmedIds): KnownIds {
  const unconfirmed = new Map<EventId, KnownId>();
  /** Oldest confirmation first. */
  const confirmed = new Map<EventId, { readonly known: KnownId; readonly at: number }>();

  function forget(now: number): void {
    for (const [id, { at }] of confirmed) {
      if (confirmed.size <= maxConfirmed && now - at < rememberIdsMs) break;
      confirmed.delete(id);
    }
  }

  return {
    get: (id) => unconfirmed.get(id) ?? confirmed.get(id)?.known,
    add: (id, known) => void unconfirmed.set(id, known),
    confirm(id) {
      const known = unconfirmed.get(id);
      if (known === undefined) return undefined;
      const now = clock.now();
      unconfirmed.delete(id);
      confirmed.set(id, { known, at: now });
      forget(now);
      return known;
    },
  };
}
