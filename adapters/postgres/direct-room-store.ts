/** Direct rooms in Postgres: consent, and being put away. What waits is counted under a lock for each of the two people. */
import { and, eq, gt, inArray, isNotNull, ne, type SQL, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { memberships, rooms } from "#db/schema.ts";
import {
  maxOpenRequests,
  maxRequestsWaiting,
  maxUnansweredListed,
  openRequestsMs,
  takesNoRequests,
  tooManyRequests,
} from "#domain/direct-requests.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { DirectRoomStore } from "#domain/ports/index.ts";
import type { DirectRequest, NewRoom } from "#domain/room.ts";
import { createRoom, findDirectRoom, insertRoom, sharedRoom } from "./create-room.ts";
import { ask } from "./failures.ts";
import { isWaiting } from "./waiting.ts";
import { withLocks } from "./within-limit.ts";

interface RequestRow extends Record<string, unknown> {
  readonly room: RoomId;
  readonly slug: string;
  readonly fromId: UserId;
  readonly fromName: string;
  readonly at: string;
}

export function createDirectRoomStore(database: Database): DirectRoomStore {
  const change = async (set: Partial<typeof rooms.$inferInsert>, condition: SQL | undefined) => {
    const rows = await ask(database, (queries) =>
      queries.update(rooms).set(set).where(condition).returning({ id: rooms.id }),
    );
    return rows.length > 0;
  };

  return {
    find: async (key) => await ask(database, (queries) => findDirectRoom(queries, key)),

    async open(room) {
      const { request, createdBy: by } = room;
      if (request === undefined) return await createRoom(database, room);
      return await withLocks(database, [`requests by ${by}`, `requests to ${request.to}`], async (queries) => {
        const before = await findDirectRoom(queries, room.directKey);
        if (before !== undefined) return { room: before, created: false };
        const begins = { ...room, request: await admitted(queries, room, request) };
        return (await insertRoom(queries, begins)) ?? (await sharedRoom(queries, room));
      });
    },

    async shareRoom(one, other, apartFrom) {
      const rows = await ask(database, (queries) =>
        queries.execute(sql`
          select 1 from memberships a join memberships b on b.room_id = a.room_id and b.user_id = ${other}::uuid
          join rooms r on r.id = a.room_id
          where a.user_id = ${one}::uuid and r.visibility <> 'direct' and r.slug <> ${apartFrom} limit 1`),
      );
      return rows.length > 0;
    },

    async requestsTo(user) {
      const rows = await ask(database, (queries) =>
        queries.execute<RequestRow>(sql`
          select r.id as room, r.slug, u.id as "fromId", u.name as "fromName", r.created_at as at
          from rooms r join users u on u.id = r.created_by where r.request_to = ${user}::uuid and ${isWaiting}
          order by r.created_at desc, r.id limit ${maxRequestsWaiting}`),
      );
      return rows.map(({ room, slug, fromId, fromName, at }) => ({
        room,
        slug,
        from: { id: fromId, name: fromName },
        at,
      }));
    },

    async requestsAmong(ids) {
      const isRequest = and(
        inArray(rooms.id, [...ids]),
        isNotNull(rooms.requestTo),
        ne(rooms.requestState, "unanswered"),
      );
      const rows = await ask(database, (queries) => queries.select({ id: rooms.id }).from(rooms).where(isRequest));
      return new Set(rows.map(({ id }) => id as RoomId));
    },

    async answer(room, user, accepted) {
      const own = and(eq(rooms.id, room), eq(rooms.requestTo, user));
      if (accepted) return await change({ requestTo: null, requestState: null }, own);
      return await change({ requestState: "declined" }, and(own, sql`${rooms.requestState} <> 'declined'`));
    },

    async declineAll(user) {
      await change({ requestState: "declined" }, and(eq(rooms.requestTo, user), eq(rooms.requestState, "requested")));
    },

    async countMessage(room, most) {
      const isFree = sql`(${rooms.requestTo} is null or ${rooms.requestMessages} < ${most})`;
      return await change(
        { requestMessages: sql`${rooms.requestMessages} + 1` as never },
        and(eq(rooms.id, room), isFree),
      );
    },

    async uncountMessage(room) {
      const fewer = sql`${rooms.requestMessages} - 1` as never;
      await change({ requestMessages: fewer }, and(eq(rooms.id, room), gt(rooms.requestMessages, 0)));
    },

    async hide(room, user, offset) {
      const own = and(eq(memberships.roomId, room), eq(memberships.userId, user));
      await ask(database, (queries) =>
        queries
          .update(memberships)
          .set({ hiddenOffset: offset ?? null })
          .where(own),
      );
    },
  };
}

/** As it begins. */
async function admitted(
  queries: Queries,
  { createdBy: by, createdAt: at }: NewRoom,
  request: DirectRequest,
): Promise<DirectRequest> {
  const { to } = request;
  const waiting = async (state: DirectRequest["state"]) =>
    await queries.$count(rooms, and(eq(rooms.requestTo, to), eq(rooms.requestState, state)));
  if (request.state === "unanswered" && (await waiting("unanswered")) < maxUnansweredListed) return request;
  const since = new Date(Date.parse(at) - openRequestsMs).toISOString();
  const isOpen = sql`${rooms.requestTo} is not null and ${rooms.requestState} <> 'unanswered'`;
  const open = await queries.$count(rooms, and(eq(rooms.createdBy, by), gt(rooms.createdAt, since), isOpen));
  if (open >= maxOpenRequests) throw tooManyRequests();
  if ((await waiting("requested")) >= maxRequestsWaiting) throw takesNoRequests();
  return { to, state: "requested" };
}
