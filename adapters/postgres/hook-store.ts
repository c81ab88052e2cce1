/** Webhooks in Postgres. A claim is a row's lease together with its next try, so that one index finds what is due. */
import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { incomingHooks, outgoingHooks } from "#db/hook-tables.ts";
import { rooms, users } from "#db/schema.ts";
import { type HookStanding, type IncomingHook, maxHooksPerRoom, type OutgoingHook, slowAfterMs } from "#domain/hook.ts";
import { madeBefore, tooManyHooks } from "#domain/hooks.ts";
import type { EventId, HookId, RoomId, UserId } from "#domain/ids.ts";
import type { ClaimLimits, HookStore } from "#domain/ports/index.ts";
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

    async switchOn(room, id, maker, at) {
      const fresh = { failures: 0, failingSince: null, notice: null, nextTryAt: at, lease: null } as const;
      const set = { ...fresh, state: "on", createdBy: maker } as const;
      const [row] = await ask(database, (queries) =>
        queries
          .update(outgoingHooks)
          .set(set)
          .where(ofRoom(outgoingHooks, room, id))
          .returning(),
      );
      return row && outgoingOf(row);
    },

    async claim(now, until, lease, limits) {
      const rows = await ask(database, (queries) =>
        queries
          .update(outgoingHooks)
          .set({ lease, nextTryAt: until })
          .where(sql`${outgoingHooks.id} = any(array(${dueInTurns(now, limits)}))`)
          .returning({
            ...getTableColumns(outgoingHooks),
            owner: sql<string>`${ownerOfHook(sql`${outgoingHooks.createdBy}`)}`,
          }),
      );
      return rows.map((row) => ({ lease, hook: outgoingOf(row), sealed: row.sealed, owner: row.owner as UserId }));
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

/**
 * Ids of what one claim takes. Which are due is found through the index of those that are on; only what is behind its room is then numbered
 * for its owner, its host and slowness. The chosen rows are locked one by one, passing over those of another claimer, and looked at again.
 */
function dueInTurns(now: string, { all, slow, perOwner, inFlightByOwner, perHost, inFlightByHost }: ClaimLimits): SQL {
  const byOwner = JSON.stringify(Object.fromEntries(inFlightByOwner));
  const byHost = JSON.stringify(Object.fromEntries(inFlightByHost));
  return sql`
    with due as (
      select h.id, h.next_try_at, coalesce(h.took_ms, 0) > ${slowAfterMs} as slow,
        coalesce(u.owner_id, h.created_by) as owner, substring(h.url from '^[a-z]+://([[][^]]*[]]|[^/:?#]*)') as host
      from ${outgoingHooks} h join ${rooms} r on r.id = h.room_id left join ${users} u on u.id = h.created_by
      where (h.state = 'on' or h.notice is not null) and h.next_try_at <= ${now}
        and (h.notice is not null or h.position < r.last_offset)
    ), of_owner as (
      select due.*, coalesce((${byOwner}::jsonb ->> owner::text)::int, 0)
        + row_number() over (partition by owner order by next_try_at, id) as turn from due
    ), of_host as (
      select of_owner.*, coalesce((${byHost}::jsonb ->> host)::int, 0)
        + row_number() over (partition by host order by turn, next_try_at, id) as place
      from of_owner where turn <= ${perOwner}
    ), of_slowness as (
      select of_host.*, row_number() over (partition by slow order by turn, next_try_at, id) as nth
      from of_host where place <= ${perHost}
    )
    select h.id from of_slowness o join ${outgoingHooks} h on h.id = o.id
    where (not o.slow or o.nth <= ${slow}) and h.next_try_at <= ${now}
    order by o.turn, o.next_try_at, o.id limit ${all} for update of h skip locked`;
}

/** The person who answers for what an account makes: itself, or who owns the bot that it is. */
function ownerOfHook(account: SQL): SQL {
  return sql`coalesce((select u.owner_id from ${users} u where u.id = ${account}), ${account})`;
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
  const { position, state, failures, tookMs, failingSince, lastSuccessAt, lastFailure, nextTryAt, notice } = standing;
  return {
    position,
    state,
    failures,
    tookMs: tookMs ?? null,
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
  const { tookMs, failingSince, lastSuccessAt, lastFailureAt, lastFailureReason, notice } = row;
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
    ...(tookMs === null ? {} : { tookMs }),
    ...(failingSince === null ? {} : { failingSince }),
    ...(lastSuccessAt === null ? {} : { lastSuccessAt }),
    ...(lastFailureAt === null ? {} : { lastFailure: { at: lastFailureAt, reason: lastFailureReason ?? "" } }),
    ...(notice === null ? {} : { notice: notice as EventId }),
  };
}
