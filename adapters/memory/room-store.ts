/** Rooms and who is in them, in memory. Memberships come from the event store, which writes to the same data. */
import { ChatError } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { ReadState, RoomStore } from "#domain/ports/index.ts";
import {
  type JoinedRoom,
  type Membership,
  maxRoomsPerPerson,
  maxUnread,
  type NewRoom,
  type Peer,
  type Room,
  type RoomAccess,
} from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import { byName, pageByName } from "./pages.ts";
import { firstAfter, type RoomRow, type Tables } from "./tables.ts";

export function createMemoryRoomStore(tables: Tables): RoomStore {
  const rows = () => [...tables.rooms.values()];

  async function create(made: NewRoom) {
    const same = rows().find((row) => made.directKey !== undefined && row.made.directKey === made.directKey);
    if (same !== undefined) return { room: roomOf(same), created: false };
    if (tables.rooms.has(made.id) || rows().some((row) => row.made.slug === made.slug)) {
      throw new ChatError("conflict", "A room of this name exists already.", { field: "name" });
    }
    const row: RoomRow = {
      made,
      topic: "",
      epoch: made.epoch,
      offset: 0,
      events: [],
      messages: new Map(),
      members: new Map(),
    };
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

  function authorOf(id: UserId | undefined): Author | undefined {
    const user = id && tables.users.get(id)?.user;
    return user && { id: user.id, name: user.name };
  }

  function joinedRoomOf(row: RoomRow, membership: Membership): JoinedRoom {
    const { unread, mentions } = readStateOf(row, membership);
    return { ...accessOf(row, membership.user), membership, unread, mentions };
  }

  function rowsOf(user: UserId): readonly RoomRow[] {
    return rows()
      .filter((row) => row.members.has(user))
      .slice(0, maxRoomsPerPerson);
  }

  async function readState(room: RoomId, user: UserId): Promise<ReadState | undefined> {
    const row = tables.rooms.get(room);
    const membership = row?.members.get(user);
    return row && membership && readStateOf(row, membership);
  }

  return {
    create,
    readState,
    async access(ref, viewer) {
      const row = tables.rooms.get(ref as RoomId) ?? rows().find(({ made }) => made.slug === ref);
      const known = row !== undefined && (row.made.visibility === "public" || row.members.has(viewer));
      return known ? accessOf(row, viewer) : undefined;
    },
    async joinedBy(user) {
      const joined = rowsOf(user).flatMap((row) => {
        const membership = row.members.get(user);
        return membership === undefined ? [] : joinedRoomOf(row, membership);
      });
      return joined.sort((a, b) => byName(a.room, b.room));
    },
    roomIdsOf: async (user) => rowsOf(user).map(({ made }) => made.id),
    async directory(viewer, query) {
      const open = rows().filter(({ made }) => made.visibility === "public");
      const page = pageByName(open, ({ made }) => made, query);
      return { ...page, items: page.items.map((row) => ({ room: roomOf(row), joined: row.members.has(viewer) })) };
    },
    async members(room, query) {
      const ids = [...(tables.rooms.get(room)?.members.keys() ?? [])];
      return pageByName(
        ids.flatMap((id) => authorOf(id) ?? []),
        (author) => author,
        query,
      );
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

function roomOf({ made, topic, epoch, offset, members }: RoomRow): Room {
  const { id, slug, name, visibility, createdBy, createdAt } = made;
  return { id, slug, name, visibility, createdBy, createdAt, topic, epoch, offset, memberCount: members.size };
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
