/** What the memory stores share: the data of one store, in plain maps. Knows nothing of what it means. */
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import type { Credentials, StoredRef } from "#domain/ports/index.ts";
import type { Membership, NewRoom } from "#domain/room.ts";

export interface RoomRow {
  readonly made: NewRoom;
  topic: string;
  /** Of the newest event. */
  epoch: string;
  offset: number;
  /** Ascending by offset. */
  readonly events: RoomEvent[];
  /** As they read now. */
  readonly messages: Map<EventId, Message>;
  readonly members: Map<UserId, Membership>;
}

export interface Tables {
  readonly users: Map<UserId, Credentials>;
  readonly rooms: Map<RoomId, RoomRow>;
  readonly events: Map<EventId, StoredRef>;
  /** When sessions and tokens were revoked. */
  readonly revokedAt: Map<SessionId, string>;
}

export function createTables(): Tables {
  return { users: new Map(), rooms: new Map(), events: new Map(), revokedAt: new Map() };
}

/** The index of the first event past an offset, by halving. */
export function firstAfter(events: readonly RoomEvent[], offset: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event !== undefined && event.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
