/** A message, what it answers, what that answers and so on, in one statement. */
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { type MessageRow, messageOf } from "./event-rows.ts";
import { quoted } from "./quoted.ts";
import { statement } from "./statement.ts";

export async function readChain(
  database: Database,
  room: RoomId,
  message: EventId,
  limit: number,
): Promise<readonly Message[]> {
  return (await read(database, { room, message, limit })).map(messageOf);
}

/** Each step by itself, through the indexes, whatever is known of the tables when it is planned. A bot's answer answers its question. */
const read = statement<MessageRow>(sql`
  with recursive chain(step, place, next) as (
    select 0, 0::bigint, ${sql.placeholder("message")}::uuid
    union all
    select c.step + 1, m.room_offset, coalesce(m.reply_to, (m.answer ->> 'question')::uuid)
    from chain c cross join lateral (
      select m.* from event_places p cross join lateral (
        select * from messages where room_id = p.room_id and room_offset = p.room_offset limit 1) m
      where p.id = c.next and p.room_id = ${sql.placeholder("room")}::uuid and not m.deleted limit 1) m
    where c.step < ${sql.placeholder("limit")}::bigint)
  select m.id, m.room_id as "roomId", m.room_offset as "roomOffset", m.author_id as "authorId", a.name as "authorName",
    m.at, m.text, m.mentions, m.named, m.edited_at as "editedAt", m.deleted, m.reactions, m.answer,
    ${quoted({ room: sql`m.room_id`, replyTo: sql`m.reply_to` })} as "replyTo"
  from chain c cross join lateral (
    select * from messages where room_id = ${sql.placeholder("room")}::uuid and room_offset = c.place limit 1) m
    left join users a on a.id = m.author_id
  where c.step > 0 order by c.step`);
