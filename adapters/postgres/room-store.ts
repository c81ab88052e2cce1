/** Lists of rooms and read marks in Postgres. Memberships and topics are written by event-store.ts. */
import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { memberships } from "#db/schema.ts";
import { isUuid, type RoomId, type UserId } from "#domain/ids.ts";
import type { ReadState, RoomStore } from "#domain/ports/index.ts";
import { maxDirectListed, maxRoomsPerPerson, type RoomAccess } from "#domain/room.ts";
import { among, table } from "./among.ts";
import { coalesce } from "./coalesce.ts";
import { createRoom } from "./create-room.ts";
import { pageCondition, pageOf, rowsToRead } from "./cursor.ts";
import { ask } from "./failures.ts";
import {
  type AccessRow,
  accessColumns,
  accessOf,
  type CountsRow,
  countColumns,
  joinedRoomOf,
  peerJoin,
  type ReadStateRow,
  type RoomRow,
  readStateOf,
  roomColumns,
  roomOf,
} from "./room-rows.ts";
import { askForNames } from "./search-names.ts";
import { createSeats } from "./seats.ts";
import { statement } from "./statement.ts";
import { storable } from "./storable.ts";
import { invitedSince, readWaiting, type WaitingRow, waitingColumns, waitingOf } from "./waiting.ts";

/** A room `r` in the list of its member `m`: not one that waits for their consent, and of others that may be left out those with news. */
const isListed = sql`(r.request_to is distinct from m.user_id or r.request_state = 'unanswered')
  and (m.hidden_offset is null and r.request_to is distinct from m.user_id or exists
    (select 1 from messages s where s.room_id = m.room_id and s.room_offset > coalesce(m.hidden_offset, 0)))`;

const joined = sql`
  from memberships m join rooms r on r.id = m.room_id ${peerJoin(sql`m.user_id`)}
  where m.user_id = ${sql.placeholder("user")}::uuid and ${isListed}
  order by r.visibility = 'direct', r.name_key, r.id limit ${maxRoomsPerPerson + maxDirectListed}`;
const readJoined = statement<AccessRow & CountsRow>(sql`select ${accessColumns}, ${countColumns} ${joined}`);
/** With what waits in each row, which is worked out once: one statement less for each page. */
const readSidebar = statement<AccessRow & CountsRow & WaitingRow>(
  sql`select ${accessColumns}, ${countColumns}, ${waitingColumns} ${joined}`,
);

const readRoomIds = statement<{ readonly id: RoomId }>(sql`
  select m.room_id as id from memberships m where m.user_id = ${sql.placeholder("user")}::uuid and not exists
    (select 1 from rooms r where r.id = m.room_id and r.request_to = m.user_id and r.request_state <> 'unanswered')
  limit ${maxRoomsPerPerson + maxDirectListed}`);

interface MemberRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly nameKey: string;
}

function membersOf(room: SQL, condition: SQL, limit: SQL): SQL {
  return sql`select u.id, u.name, u.name_key as "nameKey" from memberships m join users u on u.id = m.user_id
    where m.room_id = ${room}::uuid and ${condition} order by u.name_key, u.id limit ${limit}`;
}

const readFirstMembers = statement<MemberRow>(
  membersOf(sql`${sql.placeholder("room")}`, sql`true`, sql`${sql.placeholder("limit")}`),
);

export function createRoomStore(database: Database): RoomStore {
  const access = coalesce(async (asked: readonly Asked[]) => await readAccesses(database, asked), askedKey);

  async function readState(room: RoomId, user: UserId): Promise<ReadState | undefined> {
    const [row] = await ask(database, (queries) =>
      queries.execute<ReadStateRow>(sql`
        select m.room_id as "roomId", m.read_offset as "readOffset", r.last_offset as "offset", ${countColumns}
        from memberships m join rooms r on r.id = m.room_id where m.room_id = ${room}::uuid and m.user_id = ${user}::uuid`),
    );
    return row && readStateOf(row);
  }

  return {
    create: async (room) => await createRoom(database, room),
    access: async (ref, viewer) => await access({ ref, viewer }),

    async joinedBy(user) {
      const rows = await readJoined(database, { user });
      return rows.map((row) => joinedRoomOf(row, user));
    },

    async roomIdsOf(user) {
      const rows = await readRoomIds(database, { user });
      return rows.map(({ id }) => id);
    },

    ...createSeats(database),
    async sidebarOf(user, now) {
      const rows = await readSidebar(database, { user, since: invitedSince(now) });
      const [first] = rows;
      // Who is in no room has no row to read it from.
      const waiting = first === undefined ? await readWaiting(database, user, now) : waitingOf(first);
      return { rooms: rows.map((row) => joinedRoomOf(row, user)), waiting };
    },

    async directory(viewer, page) {
      const condition = pageCondition(page, "r");
      const rows = await askForNames(database, page, (queries) =>
        queries.execute<RoomRow & { joined: boolean }>(sql`
          select ${roomColumns}, m.user_id is not null as joined
          from rooms r left join memberships m on m.room_id = r.id and m.user_id = ${viewer}::uuid
          where r.visibility = 'public' and r.last_offset > 0 and ${condition} order by r.name_key, r.id limit ${rowsToRead(page)}`),
      );
      return pageOf(rows, page, (row) => ({ room: roomOf(row), joined: row.joined }));
    },

    async members(room, page) {
      const isFirst = page.cursor === undefined && page.search === undefined;
      const rows = isFirst
        ? await readFirstMembers(database, { room, limit: rowsToRead(page) })
        : await askForNames(database, page, (queries) =>
            queries.execute<MemberRow>(membersOf(sql`${room}`, pageCondition(page, "u"), sql`${rowsToRead(page)}`)),
          );
      return pageOf(rows, page, ({ id, name }) => ({ id: id as UserId, name }));
    },

    async recentAuthors(room, messages) {
      const rows = await ask(database, (queries) =>
        queries.execute<MemberRow>(sql`
          select u.id, u.name, u.name_key as "nameKey" from (
            select distinct newest.author_id from (
              select s.author_id from messages s where s.room_id = ${room}::uuid order by s.room_offset desc limit ${messages}
            ) as newest) as a
          join memberships m on m.room_id = ${room}::uuid and m.user_id = a.author_id
          join users u on u.id = a.author_id order by u.name_key, u.id`),
      );
      return rows.map(({ id, name }) => ({ id: id as UserId, name }));
    },

    async membersAmong(room, users) {
      if (users.length === 0) return new Set();
      const rows = await ask(database, (queries) =>
        queries
          .select({ id: memberships.userId })
          .from(memberships)
          .where(and(eq(memberships.roomId, room), among(memberships.userId, "uuid", users))),
      );
      return new Set(rows.map((row) => row.id as UserId));
    },

    async markRead(room, user, offset) {
      const own = and(eq(memberships.roomId, room), eq(memberships.userId, user), lt(memberships.readOffset, offset));
      await ask(database, (queries) => queries.update(memberships).set({ readOffset: offset }).where(own));
      return await readState(room, user);
    },

    readState,
  };
}

interface Asked {
  readonly ref: string;
  readonly viewer: UserId;
}

function askedKey({ ref, viewer }: Asked): string {
  return `${viewer} ${ref}`;
}

const readAsked = statement<AccessRow & { n: number }>(sql`
  select a.n, ${accessColumns}
  from ${table("a", "n int, id uuid, slug text, viewer uuid", sql.placeholder("asked"))}
  cross join lateral (
    select * from (select 0 as place, i.* from rooms i where i.id = a.id
      union all select 1, s.* from rooms s where s.slug = a.slug) as found
    order by place limit 1) as r
  left join memberships m on m.room_id = r.id and m.user_id = a.viewer ${peerJoin(sql`a.viewer`)}
  where r.visibility = 'public' or m.user_id is not null`);

/** An id goes before a slug that looks like it. Rooms the viewer must not know are left out. */
async function readAccesses(database: Database, asked: readonly Asked[]): Promise<ReadonlyMap<string, RoomAccess>> {
  const inputs = asked.map(({ ref, viewer }, n) => {
    const id = ref.toLowerCase();
    return { n, id: isUuid(id) ? id : null, slug: storable(ref), viewer };
  });
  const rows = await readAsked(database, { asked: JSON.stringify(inputs) });
  const found = new Map<string, RoomAccess>();
  for (const row of rows) {
    const key = asked[row.n];
    if (key !== undefined) found.set(askedKey(key), accessOf(row, key.viewer));
  }
  return found;
}
