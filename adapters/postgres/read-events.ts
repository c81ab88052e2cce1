/** The events and the messages in a window of offsets. */
import { sql } from "drizzle-orm";
import type { EventRow, MessageRow } from "./event-rows.ts";
import { quoted } from "./quoted.ts";
import { bytesOf, windowReader } from "./read-window.ts";

export const readEventRows = windowReader<EventRow>(
  { room: sql`e.room_id`, offset: sql`e.room_offset` },
  (within, order) => sql`
    select e.id, e.room_id as "roomId", e.room_offset as "roomOffset", e.type, e.author_id as "authorId",
      a.name as "authorName", e.member_id as "memberId", p.name as "memberName", e.at, e.body,
      ${quoted({ room: sql`e.room_id`, replyTo: sql`(e.body -> 'replyTo' ->> 'id')::uuid` })} as "replyTo",
      ${bytesOf(sql`e.body ->> 'text'`, sql`e.body -> 'mentions'`, sql`e.body -> 'named'`)}
        + coalesce(octet_length((e.body -> 'ext')::text), 0) as bytes
    from room_events e left join users a on a.id = e.author_id left join users p on p.id = e.member_id
    where ${within} ${order}`,
);

const reacting = sql`jsonb_path_query_array(m.reactions, '$[*].users[*]')`;

export const readMessageRows = windowReader<MessageRow>(
  { room: sql`m.room_id`, offset: sql`m.room_offset` },
  (within, order) => sql`
    select m.id, m.room_id as "roomId", m.room_offset as "roomOffset", m.author_id as "authorId", a.name as "authorName",
      m.at, m.text, m.mentions, m.named, m.edited_at as "editedAt", m.deleted, m.reactions, m.answer,
      ${quoted({ room: sql`m.room_id`, replyTo: sql`m.reply_to` })} as "replyTo",
      ${bytesOf(sql`m.text`, sql`m.mentions`, sql`m.named`, sql`m.reactions`, reacting)} as bytes
    from messages m left join users a on a.id = m.author_id
    where ${within} ${order}`,
);
