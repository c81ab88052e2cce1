/** Webhooks in Postgres. A claim is a row's lease together with its next try, so that one index finds what is due. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { incomingHooks, outgoingHooks } from "#db/hook-tables.ts";
import { rooms, users } from "#db/schema.ts";
import { type HookStanding, type IncomingHook, maxHooksPerRoom, type OutgoingHook } from "#domain/hook.ts";
import { madeBefore, tooManyHooks } from "#domain/hooks.ts";
import type { EventId, HookId, RoomId, UserId } from "#domain/ids.ts";
import type { HookStore } from "#domain/ports/index.ts";
import { ask, askTogether, repeated } from "./failures.ts";
import { userColumns, userOf } from "./user-store.ts";
import { withinLimit } from "./within-limit.ts";

export function createHookStore(database: Database): HookStore {
  return {
    async createIncoming({ kind: _kind, room, bot, ...hook }, hash) {
      const row = { ...hook, roomId: room, botId: bot, hash };
      await once(database, room, (queries) => queries.insert(incomingHooks).values(row));
    },

    async createOutgoing({ id, room, createdBy, createdAt, url, ...standing }, sealed) {
      const row = { id, roomId: room, createdBy, createdAt, url, sealed, ...standingColumns(standing) };
      await once(database, room, (queries) => queries.insert(outgoingHooks).values(row));
    },

    async byHash(hash) {
      const [row] = await ask(database, (queries) =>
        queries
          .select({ hook: incomingHooks, bot: userColumns })
          .from(incomingHooks)
          .innerJoin(users, eq(users.id, incomingHooks.botId))
          .where(eq(incomingHooks.hash, hash)),
      );
      return row && { hook: incomingOf(row.hook), bot: userOf(row.bot) };
    },

    async listOf(room) {
      return await ask(database, async (queries) => {
        const [incoming, outgoing] = await Promise.all([
          queries.select().from(incomingHooks).where(eq(incomingHooks.roomId, room)).orderBy(desc(incomingHooks.id)),
          queries.select().from(outgoingHooks).where(eq(outgoingHooks.roomId, room)).orderBy(desc(outgoingHooks.id)),
        ]);
        return [...incoming.map(incomingOf), ...outgoing.map(outgoingOf)].sort(newestFirst);
      });
    },

    async remove(room, id) {
      return await askTogether(database, async (queries) => {
        const gone = [
          ...(await queries
            .delete(incomingHooks)
            .where(ofRoom(incomingHooks, room, id))
            .returning({ id: incomingHooks.id })),
          ...(await queries
            .delete(outgoingHooks)
            .where(ofRoom(outgoingHooks, room, id))
            .returning({ id: outgoingHooks.id })),
        ];
        return gone.length > 0;
      });
    },

    async switchOn(room, id, at) {
      const set = { state: "on", failures: 0, failingSince: null, notice: null, nextTryAt: at, lease: null } as const;
      const [row] = await ask(database, (queries) =>
        queries
          .update(outgoingHooks)
          .set(set)
          .where(ofRoom(outgoingHooks, room, id))
          .returning(),
      );
      return row && outgoingOf(row);
    },

    async claim(now, until, lease, limit) {
      // Locked while they are chosen, so that two claimers never choose the same one; as an array, so that it happens once.
      const due = sql`select h.id from ${outgoingHooks} h join ${rooms} r on r.id = h.room_id
        where (h.state = 'on' or h.notice is not null) and h.next_try_at <= ${now}
          and (h.notice is not null or h.position < r.last_offset)
        order by h.next_try_at limit ${limit} for update of h skip locked`;
      const rows = await ask(database, (queries) =>
        queries
          .update(outgoingHooks)
          .set({ lease, nextTryAt: until })
          .where(sql`${outgoingHooks.id} = any(array(${due}))`)
          .returning(),
      );
      return rows.map((row) => ({ lease, hook: outgoingOf(row), sealed: row.sealed }));
    },

    async settle(id, lease, standing, keep) {
      const set = { ...standingColumns(standing), ...(keep ? {} : { lease: null }) };
      const rows = await ask(database, (queries) =>
        queries
          .update(outgoingHooks)
          .set(set)
          .where(and(eq(outgoingHooks.id, id), eq(outgoingHooks.lease, lease)))
          .returning({ id: outgoingHooks.id }),
      );
      return rows.length > 0;
    },
  };
}

async function once(database: Database, room: RoomId, insert: (queries: Queries) => PromiseLike<unknown>) {
  try {
    await withinLimit(
      database,
      {
        key: `hooks of ${room}`,
        max: maxHooksPerRoom,
        count: async (queries) => {
          const counts = await Promise.all(
            [incomingHooks, outgoingHooks].map((table) => queries.$count(table, eq(table.roomId, room))),
          );
          return counts.reduce((sum, count) => sum + count, 0);
        },
        full: tooManyHooks,
      },
      insert,
    );
  } catch (error) {
    throw repeated(error) === undefined ? error : madeBefore(error);
  }
}

function ofRoom(table: typeof incomingHooks | typeof outgoingHooks, room: RoomId, id: HookId) {
  return and(eq(table.roomId, room), eq(table.id, id));
}

function newestFirst(a: { readonly createdAt: string }, b: { readonly createdAt: string }): number {
  return a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0;
}

function standingColumns(standing: HookStanding) {
  const { position, state, failures, failingSince, lastSuccessAt, lastFailure, nextTryAt, notice } = standing;
  return {
    position,
    state,
    failures,
    failingSince: failingSince ?? null,
    lastSuccessAt: lastSuccessAt ?? null,
    lastFailureAt: lastFailure?.at ?? null,
    lastFailureReason: lastFailure?.reason ?? null,
    nextTryAt,
    notice: notice ?? null,
  };
}

function incomingOf({ id, roomId, createdBy, createdAt, botId }: typeof incomingHooks.$inferSelect): IncomingHook {
  const head = { id: id as HookId, room: roomId as RoomId, createdBy: createdBy as UserId, createdAt };
  return { ...head, kind: "incoming", bot: botId as UserId };
}

function outgoingOf(row: typeof outgoingHooks.$inferSelect): OutgoingHook {
  const { id, roomId, createdBy, createdAt, url, position, state, failures, nextTryAt } = row;
  const { failingSince, lastSuccessAt, lastFailureAt, lastFailureReason, notice } = row;
  return {
    id: id as HookId,
    room: roomId as RoomId,
    createdBy: createdBy as UserId,
    createdAt,
    kind: "outgoing",
    url,
    position,
    state,
    failures,
    nextTryAt,
    ...(failingSince === null ? {} : { failingSince }),
    ...(lastSuccessAt === null ? {} : { lastSuccessAt }),
    ...(lastFailureAt === null ? {} : { lastFailure: { at: lastFailureAt, reason: lastFailureReason ?? "" } }),
    ...(notice === null ? {} : { notice: notice as EventId }),
  };
}
