/**
 * What a message answers, as it reads now: one value of its row, for statements that read messages. It is looked up by its id, and
 * only for messages that answer one: for others the value costs nothing. Limits of one keep a plan that was made while tables were
 * small from reading whole rooms.
 */
import { type SQL, sql } from "drizzle-orm";
import { maxExcerptSource } from "#domain/quote.ts";
import type { QuoteRow } from "./event-rows.ts";

/** One more than an excerpt looks at: it is cut where the text goes on. */
const readCharacters = sql.raw(String(maxExcerptSource + 1));

/** @param room the columns of the message that answers */
export function quoted({ room, replyTo }: { readonly room: unknown; readonly replyTo: unknown }): SQL<QuoteRow | null> {
  return sql<QuoteRow | null>`case when ${replyTo} is not null then (
    select jsonb_build_object('id', q.id, 'offset', q.room_offset, 'authorId', q.author_id, 'authorName', qa.name,
      'text', left(q.text, ${readCharacters}), 'deleted', q.deleted)
    from event_places qp
      cross join lateral (select * from messages where room_id = qp.room_id and room_offset = qp.room_offset limit 1) q
      left join users qa on qa.id = q.author_id
    where qp.id = ${replyTo} and qp.room_id = ${room}) end`;
}
