/** How much waits for a person's answer: asked for with every page, so as columns of another statement. */
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import type { UserId } from "#domain/ids.ts";
import { invitationMs } from "#domain/invitations.ts";
import type { Waiting } from "#domain/ports/index.ts";
import { maxUnread } from "#domain/room.ts";
import { statement } from "./statement.ts";

/** An invitation `i` that stands for a time after `since`: who invited is in the room, who is invited is not. */
export const isStanding = sql`i.declined_at is null
  and exists (select 1 from memberships m where m.room_id = i.room_id and m.user_id = i.inviter_id)
  and not exists (select 1 from memberships m where m.room_id = i.room_id and m.user_id = i.user_id)`;

/** A direct room `r` that waits for consent, once there is something to read. */
export const isWaiting = sql`r.request_state = 'requested'
  and exists (select 1 from messages s where s.room_id = r.id)`;

/** As it is asked for: null for nothing, which is what most rows say. */
export type WaitingRow = { readonly [Key in keyof Waiting]: Waiting[Key] | null };

/** Of the person `user`, invited after `since`. */
export const waitingColumns = sql`
    (select nullif(count(*), 0) from (select 1 from invitations i where i.user_id = ${sql.placeholder("user")}::uuid
      and i.created_at > ${sql.placeholder("since")}::timestamptz and ${isStanding} limit ${maxUnread}) as found) as invitations,
    (select nullif(count(*), 0) from (select 1 from rooms r where r.request_to = ${sql.placeholder("user")}::uuid
      and ${isWaiting} limit ${maxUnread}) as found) as requests`;
const read = statement<WaitingRow>(sql`select ${waitingColumns}`);

export async function readWaiting(database: Database, user: UserId, now: string): Promise<Waiting> {
  const [row] = await read(database, { user, since: invitedSince(now) });
  return row === undefined ? { invitations: 0, requests: 0 } : waitingOf(row);
}

export function waitingOf({ invitations, requests }: WaitingRow): Waiting {
  return { invitations: invitations ?? 0, requests: requests ?? 0 };
}

/** Older invitations stand no more. */
export function invitedSince(now: string): string {
  return new Date(Date.parse(now) - invitationMs).toISOString();
}
