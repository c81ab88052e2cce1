/** What the memory stores share: the data of one store, in plain maps. Knows nothing of what it means. */
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, SessionId, UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import type { Credentials, NewInvitation, StoredRef } from "#domain/ports/index.ts";
import type { DirectRequest, Membership, NewRoom, Room } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";

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
  request: DirectRequest | undefined;
  /** Sent while the request waited. */
  requestMessages: number;
  /** Who put it away, and at which offset. */
  readonly hidden: Map<UserId, number>;
}

/** One of a room and a person. */
export interface InvitationRow extends NewInvitation {
  declinedAt: string | undefined;
}

export interface Tables {
  readonly users: Map<UserId, Credentials>;
  readonly rooms: Map<RoomId, RoomRow>;
  readonly events: Map<EventId, StoredRef>;
  /** When sessions and tokens were revoked. */
  readonly revokedAt: Map<SessionId, string>;
  readonly invitations: InvitationRow[];
  /** Until when joins under way hold a place, by person and room. */
  readonly seats: Map<UserId, Map<RoomId, string>>;
}

export function createTables(): Tables {
  return {
    users: new Map(),
    rooms: new Map(),
    events: new Map(),
    revokedAt: new Map(),
    invitations: [],
    seats: new Map(),
  };
}

export function roomRowOf(made: NewRoom): RoomRow {
  return {
    made,
    topic: "",
    epoch: made.epoch,
    offset: 0,
    events: [],
    messages: new Map(),
    members: new Map(),
    request: made.request,
    requestMessages: 0,
    hidden: new Map(),
  };
}

export function roomOf({ made, topic, epoch, offset, members, request }: RoomRow): Room {
  const { id, slug, name, visibility, createdBy, createdAt } = made;
  const room = { id, slug, name, visibility, createdBy, createdAt, topic, epoch, offset, memberCount: members.size };
  return request === undefined ? room : { ...room, request };
}

export function authorOf({ users }: Pick<Tables, "users">, id: UserId | undefined): Author | undefined {
  const user = id && users.get(id)?.user;
  return user && { id: user.id, name: user.name };
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
