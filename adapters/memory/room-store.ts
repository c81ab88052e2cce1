/** Rooms and who is in them, in memory. Memberships come from the event store, which writes to the same data. */
import { ChatError } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import { roomSkeleton } from "#domain/look-alikes.ts";
import type { ReadState, RoomStore } from "#domain/ports/index.ts";
import {
  abandonedMs,
  isRequestTo,
  type JoinedRoom,
  type Membership,
  maxDirectListed,
  maxRoomsPerPerson,
  maxUnread,
  type NewRoom,
  nameTaken,
  type Peer,
  type RoomAccess,
} from "#domain/room.ts";
import { waitingRequests } from "./direct-room-store.ts";
import { standingInvitations } from "./invitation-store.ts";
import { byName, pageByName } from "./pages.ts";
import { authorOf, firstAfter, type RoomRow, roomOf, roomRowOf, type Tables } from "./tables.ts";

export function createMemoryRoomStore(tables: Tables): RoomStore {
  const rows = () => [...tables.rooms.values()];

  async function create(made: NewRoom) {
    for (const row of rows()) {
      const isInTheWay = row.made.slug === made.slug || looksLike(row.made, made);
      if (isInTheWay && isAbandoned(row, made.createdAt)) tables.rooms.delete(row.made.id);
    }
    const same = rows().find((row) => made.directKey !== undefined && row.made.directKey === made.directKey);
    if (same !== undefined) return { room: roomOf(same), created: false };
    if (tables.rooms.has(made.id) || rows().some((row) => row.made.slug === made.slug)) {
      throw new ChatError("conflict", "Another room is at this address already.", { field: "slug" });
    }
    if (rows().some((row) => looksLike(row.made, made))) throw nameTaken();
    const row = roomRowOf(made);
    tables.rooms.set(made.id, row);
    return { room: roomOf(row), created: true };
  }

  function accessOf(row: RoomRow, viewer: UserId): RoomAccess {
    return { room: roomOf(row), membership: row.members.get(viewer), peer: peerOf(row, viewer) };
  }

  function peerOf({ made }: RoomRow, viewer: UserId): Peer | undefined {
    const ids = made.directKey?.split(":") ?? [];
    const user = tables.users.get((ids.find((id) => id !== viewer) ?? ids[0]) as UserId)?.user;
    return user && { id: user.id, name: user.name, kind: user.kind };
  }

  function joinedRoomOf(row: RoomRow, membership: Membership): JoinedRoom {
    const { unread, mentions } = readStateOf(row, membership);
    return { ...accessOf(row, membership.user), membership, unread, mentions };
  }

  /** Rooms first, then direct ones. */
  function rowsOf(user: UserId): readonly RoomRow[] {
    const own = rows().filter((row) => row.members.has(user) && !isRequestTo(roomOf(row), user));
    const isDirect = ({ made }: RoomRow) => made.visibility === "direct";
    return [
      ...own.filter((row) => !isDirect(row)).slice(0, maxRoomsPerPerson),
      ...own.filter(isDirect).slice(0, maxDirectListed),
    ];
  }

  function isListed(row: RoomRow, user: UserId): boolean {
    const hidden = row.hidden.get(user) ?? (row.request?.to === user ? 0 : undefined);
    return hidden === undefined || row.messages.values().some(({ offset }) => offset > hidden);
  }

  async function readState(room: RoomId, user: UserId): Promise<ReadState | undefined> {
    const row = tables.rooms.get(room);
    const membership = row?.members.get(user);
    return row && membership && readStateOf(row, membership);
  }

  function joinedBy(user: UserId): readonly JoinedRoom[] {
    const joined = rowsOf(user).flatMap((row) => {
      const membership = row.members.get(user);
      return membership === undefined || !isListed(row, user) ? [] : joinedRoomOf(row, membership);
    });
    const place = ({ room }: JoinedRoom) => (room.visibility === "direct" ? 1 : 0);
    return joined.sort((a, b) => place(a) - place(b) || byName(a.room, b.room));
  }

  return {
    create,
    readState,
    async access(ref, viewer) {
      const row = tables.rooms.get(ref as RoomId) ?? rows().find(({ made }) => made.slug === ref);
      const known = row !== undefined && (row.made.visibility === "public" || row.members.has(viewer));
      return known ? accessOf(row, viewer) : undefined;
    },
    joinedBy: async (user) => joinedBy(user),
    sidebarOf: async (user, now) => ({
      rooms: joinedBy(user),
      waiting: {
        invitations: Math.min(standingInvitations(tables, user, now).length, maxUnread),
        requests: Math.min(waitingRequests(tables, user).length, maxUnread),
      },
    }),
    roomIdsOf: async (user) => rowsOf(user).map(({ made }) => made.id),
    async takeSeat(user, room, now, until) {
      const seats = tables.seats.get(user) ?? new Map<RoomId, string>();
      for (const [held, end] of seats) if (end <= now) seats.delete(held);
      const joined = rows().filter((row) => row.members.has(user) && row.made.visibility !== "direct");
      const others = new Set([...joined.map(({ made }) => made.id), ...seats.keys()]);
      others.delete(room);
      if (others.size >= maxRoomsPerPerson) return false;
      tables.seats.set(user, seats.set(room, until));
      return true;
    },
    leaveSeat: async (user, room) => void tables.seats.get(user)?.delete(room),
    async directory(viewer, query) {
      const open = rows().filter(({ made, offset }) => made.visibility === "public" && offset > 0);
      const page = pageByName(open, ({ made }) => made, query);
      return { ...page, items: page.items.map((row) => ({ room: roomOf(row), joined: row.members.has(viewer) })) };
    },
    async members(room, query) {
      const ids = [...(tables.rooms.get(room)?.members.keys() ?? [])];
      return pageByName(
        ids.flatMap((id) => authorOf(tables, id) ?? []),
        (author) => author,
        query,
      );
    },
    async recentAuthors(room, messages) {
      const row = tables.rooms.get(room);
      const newest = [...(row?.messages.values() ?? [])].sort((a, b) => b.offset - a.offset).slice(0, messages);
      const ids = new Set(newest.map(({ author }) => author.id).filter((id) => row?.members.has(id)));
      return [...ids].flatMap((id) => authorOf(tables, id) ?? []).sort(byName);
    },
    membersAmong: async (room, users) => new Set(users.filter((user) => tables.rooms.get(room)?.members.has(user))),
    async markRead(room, user, offset) {
      const members = tables.rooms.get(room)?.members;
      const membership = members?.get(user);
      if (membership !== undefined && offset > membership.readOffset)
        members?.set(user, { ...membership, readOffset: offset });
      return readState(room, user);
    },
  };
}

function isAbandoned({ made, offset }: RoomRow, now: string): boolean {
  return offset === 0 && Date.parse(made.createdAt) < Date.parse(now) - abandonedMs;
}

function looksLike(room: NewRoom, other: NewRoom): boolean {
  const arePublic = room.visibility === "public" && other.visibility === "public";
  return arePublic && roomSkeleton(room.name) === roomSkeleton(other.name);
}

function readStateOf(row: RoomRow, { user, room, readOffset }: Membership): ReadState {
  const { events, messages, offset } = row;
  const others = events
    .slice(firstAfter(events, readOffset))
    .flatMap((event) => messages.get(event.id) ?? [])
    .filter((message) => message.author.id !== user && !message.deleted);
  const mentions = others.filter((message) => message.mentions.includes(user)).length;
  return {
    room,
    readOffset,
    unread: Math.min(others.length, maxUnread),
    mentions: Math.min(mentions, maxUnread),
    offset,
  };
}
