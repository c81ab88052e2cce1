/** Invitations in Postgres. Who invites and who is invited are each counted under a lock. */
import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { invitations } from "#db/invitation-tables.ts";
import { isUuid, type UserId } from "#domain/ids.ts";
import {
  declinedMs,
  maxDeclined,
  maxInvitationsWaiting,
  maxOpenInvitations,
  tooManyInvitations,
} from "#domain/invitations.ts";
import type { Invitation, InvitationStore, NewInvitation } from "#domain/ports/index.ts";
import { ask } from "./failures.ts";
import { type RoomRow, roomColumns, roomOf } from "./room-rows.ts";
import { storable } from "./storable.ts";
import { invitedSince, isStanding } from "./waiting.ts";
import { withLocks } from "./within-limit.ts";

type InvitationRow = RoomRow & { readonly byId: string; readonly byName: string; readonly invitedAt: string };

export function createInvitationStore(database: Database): InvitationStore {
  async function standing(user: UserId, now: string, condition: SQL): Promise<readonly Invitation[]> {
    const rows = await ask(database, (queries) =>
      queries.execute<InvitationRow>(sql`
        select ${roomColumns}, u.id as "byId", u.name as "byName", i.created_at as "invitedAt"
        from invitations i join rooms r on r.id = i.room_id join users u on u.id = i.inviter_id
        where i.user_id = ${user}::uuid and i.created_at > ${invitedSince(now)}::timestamptz and ${isStanding} and ${condition}
        order by i.created_at desc, r.id limit ${maxInvitationsWaiting}`),
    );
    return rows.map(invitationOf);
  }

  return {
    async invite(invitation) {
      const keys = [`invitations by ${invitation.by}`, `invitations to ${invitation.to}`];
      return await withLocks(database, keys, async (queries) => await add(queries, invitation));
    },

    listFor: async (user, now) => await standing(user, now, sql`true`),

    async find(user, ref, now) {
      const id = ref.toLowerCase();
      const named = isUuid(id) ? sql`(r.id = ${id}::uuid or r.slug = ${id})` : sql`r.slug = ${storable(ref)}`;
      const found = await standing(user, now, named);
      return found.find(({ room }) => room.id === id) ?? found[0];
    },

    async decline(user, room, at) {
      const own = and(eq(invitations.userId, user), eq(invitations.roomId, room), isNull(invitations.declinedAt));
      await ask(database, (queries) => queries.update(invitations).set({ declinedAt: at }).where(own));
    },

    async remove(user, room) {
      const own = and(eq(invitations.userId, user), eq(invitations.roomId, room));
      await ask(database, (queries) => queries.delete(invitations).where(own));
    },
  };
}

async function add(queries: Queries, { room, to, by, at }: NewInvitation): Promise<boolean> {
  const isOpen = sql`case when i.declined_at is null then i.created_at > ${invitedSince(at)}::timestamptz
    else i.declined_at > ${declinedSince(at)}::timestamptz end`;
  const [before] = await queries.execute<{ found: boolean }>(sql`
    select true as found from invitations i where i.user_id = ${to}::uuid and i.room_id = ${room}::uuid
      and ${isOpen} and (i.declined_at is not null or ${isStanding})`);
  if (before !== undefined) return false;
  const [declined] = await queries.execute<{ number: number }>(sql`
    select count(*)::int as number from invitations i where i.user_id = ${to}::uuid and i.inviter_id = ${by}::uuid
      and i.declined_at > ${declinedSince(at)}::timestamptz`);
  if ((declined?.number ?? 0) >= maxDeclined) return false;
  const [open] = await queries.execute<{ number: number }>(sql`
    select count(*)::int as number from invitations i
    where i.inviter_id = ${by}::uuid and ${isOpen} and not (i.user_id = ${to}::uuid and i.room_id = ${room}::uuid)`);
  if ((open?.number ?? 0) >= maxOpenInvitations) throw tooManyInvitations();
  await queries.execute(sql`
    delete from invitations i where i.user_id = ${to}::uuid and i.room_id in (
      select o.room_id from invitations o where o.user_id = ${to}::uuid and o.declined_at is null
      order by o.created_at desc, o.room_id offset ${maxInvitationsWaiting - 1})`);
  const row = { inviterId: by, createdAt: at, declinedAt: null };
  await queries
    .insert(invitations)
    .values({ userId: to, roomId: room, ...row })
    .onConflictDoUpdate({ target: [invitations.userId, invitations.roomId], set: row });
  return true;
}

function declinedSince(now: string): string {
  return new Date(Date.parse(now) - declinedMs).toISOString();
}

function invitationOf(row: InvitationRow): Invitation {
  return { room: roomOf(row), by: { id: row.byId as UserId, name: row.byName }, at: row.invitedAt };
}
