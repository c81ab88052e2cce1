/**
 * Rows of the rooms' queries and what they mean in the domain: room `r`, membership `m` of the viewer, peer `p` of a
 * direct room.
 */
import { type SQL, sql } from "drizzle-orm";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { ReadState } from "#domain/ports/index.ts";
import {
  type DirectRequest,
  type JoinedRoom,
  type Membership,
  maxUnread,
  type Peer,
  type Room,
  type RoomAccess,
  type Visibility,
} from "#domain/room.ts";
import type { User } from "#domain/user.ts";

export interface RoomRow extends Record<string, unknown> {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly nameKey: string;
  readonly topic: string;
  readonly visibility: Visibility;
  readonly memberCount: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly epoch: string;
  readonly offset: number;
  readonly requestTo: string | null;
  readonly requestState: DirectRequest["state"] | null;
}

export interface AccessRow extends RoomRow {
  readonly joinedAt: string | null;
  readonly readOffset: number | null;
  readonly peerId: string | null;
  readonly peerName: string | null;
  readonly peerKind: User["kind"] | null;
}

export interface CountsRow extends Record<string, unknown> {
  readonly roomId: string;
  readonly readOffset: number;
  readonly unread: number | null;
  readonly mentions: number | null;
}

export interface ReadStateRow extends CountsRow {
  readonly offset: number;
}

export const roomColumns: SQL = sql.raw(
  `r.id, r.slug, r.name, r.name_key as "nameKey", r.topic, r.visibility, r.member_count as "memberCount",
   r.created_by as "createdBy", r.created_at as "createdAt", r.epoch, r.last_offset as "offset",
   r.request_to as "requestTo", r.request_state as "requestState"`,
);

export const accessColumns: SQL = sql`${roomColumns},
  m.joined_at as "joinedAt", m.read_offset as "readOffset", p.id as "peerId", p.name as "peerName", p.kind as "peerKind"`;

/**
 * Joins the peer of a direct room, known from its key, which is one or two people's ids; `viewer` is an expression of
 * type uuid.
 */
export function peerJoin(viewer: SQL): SQL {
  return sql`left join users p on r.direct_key is not null and p.id = case
    when position(':' in r.direct_key) = 0 then r.direct_key::uuid
    when split_part(r.direct_key, ':', 3) <> '' then null
    when split_part(r.direct_key, ':', 1) = (${viewer})::text then split_part(r.direct_key, ':', 2)::uuid
    else split_part(r.direct_key, ':', 1)::uuid end`;
}

/**
 * What is unread of membership `m`. In the order of the index, so that a count ends at maxUnread rows however many
 * there are. Null for nothing: every page reads this of every room.
 */
export const countColumns: SQL = sql`
  (select nullif(count(*), 0) from (select 1 from messages s where s.room_id = m.room_id and s.room_offset > m.read_offset
    and s.author_id <> m.user_id and not s.deleted order by s.room_offset limit ${maxUnread}) as found) as unread,
  (select nullif(count(*), 0) from (select 1 from mentions n where n.user_id = m.user_id and n.room_id = m.room_id
    and n.room_offset > m.read_offset order by n.room_offset limit ${maxUnread}) as found) as mentions`;

export function roomOf(row: RoomRow): Room {
  const { id, slug, name, topic, visibility, memberCount, createdBy, createdAt, epoch, offset } = row;
  const ids = { id: id as RoomId, createdBy: createdBy as UserId };
  const room = { ...ids, slug, name, topic, visibility, memberCount, createdAt, epoch, offset };
  if (row.requestTo === null || row.requestState === null) return room;
  return { ...room, request: { to: row.requestTo as UserId, state: row.requestState } };
}

export function accessOf(row: AccessRow, viewer: UserId): RoomAccess {
  const { joinedAt, readOffset } = row;
  const membership: Membership | undefined =
    joinedAt === null || readOffset === null
      ? undefined
      : { user: viewer, room: row.id as RoomId, joinedAt, readOffset };
  return { room: roomOf(row), membership, peer: peerOf(row) };
}

function peerOf({ peerId: id, peerName: name, peerKind: kind }: AccessRow): Peer | undefined {
  return id === null || name === null || kind === null ? undefined : { id: id as UserId, name, kind };
}

export function joinedRoomOf(row: AccessRow & CountsRow, viewer: UserId): JoinedRoom {
  const { room, peer, membership } = accessOf(row, viewer);
  if (membership === undefined) throw new TypeError("A joined room has a membership.");
  return { room, peer, membership, unread: row.unread ?? 0, mentions: row.mentions ?? 0 };
}

export function readStateOf({ roomId, readOffset, unread, mentions, offset }: ReadStateRow): ReadState {
  return { room: roomId as RoomId, readOffset, unread: unread ?? 0, mentions: mentions ?? 0, offset };
}
