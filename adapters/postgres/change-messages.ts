/**
 * What edits and deletions leave of the messages they are about, and of the events of deleted ones: a fixed number of statements, whatever
 * the batch's size.
 */
import { sql } from "drizzle-orm";
import type { Queries } from "#db/database.ts";
import { table } from "./among.ts";
import { eraseEvents, type Gone } from "./erase-events.ts";
import type { EventInput } from "./event-rows.ts";

/**
 * The messages of the batch itself are stored already. Only its author changes a message (as domain/who-changes.ts says), and what is
 * deleted stays deleted; a change of anything else is kept as an event and changes nothing.
 * @returns whether more is to be erased than one batch may
 */
export async function applyChanges(queries: Queries, news: readonly EventInput[]): Promise<boolean> {
  const changes = lastChanges(news);
  if (changes.length === 0) return false;
  // Limits of one keep a plan that was made while tables were small from reading them whole.
  const columns =
    "message uuid, room uuid, author uuid, at timestamptz, text text, mentions jsonb, named jsonb, answer jsonb, deleted boolean";
  const gone = await queries.execute<Gone>(sql`
    with found as (
      select c.*, m.room_offset, m.mentions as mentions_before, m.deleted as was_deleted
      from ${table("c", columns, changes)} cross join lateral (
        select m.room_offset, m.author_id, m.mentions, m.deleted
        from event_places p cross join lateral (
          select * from messages where room_id = p.room_id and room_offset = p.room_offset limit 1) m
        where p.id = c.message and p.room_id = c.room limit 1) m
      where m.author_id = c.author),
    change as (select * from found where not was_deleted),
    changed as (
      update messages m set
        text = c.text, mentions = c.mentions, named = c.named, deleted = c.deleted,
        reactions = case when not c.deleted then m.reactions end, answer = coalesce(c.answer, m.answer),
        reply_to = case when not c.deleted then m.reply_to end,
        edited_at = case when c.deleted or coalesce(c.answer, m.answer) is not null then m.edited_at else c.at end
      from change c where m.room_id = c.room and m.room_offset = c.room_offset),
    unnamed as (
      delete from mentions n using change c cross join lateral jsonb_array_elements_text(c.mentions_before) as was(id)
      where n.user_id = was.id::uuid and n.room_id = c.room and n.room_offset = c.room_offset
        and not c.mentions @> to_jsonb(was.id)),
    named as (
      insert into mentions (user_id, room_id, room_offset)
      select distinct named.id::uuid, c.room, c.room_offset
      from change c cross join lateral jsonb_array_elements_text(c.mentions) as named(id)
      where named.id::uuid <> c.author
      on conflict do nothing)
    select message, room, author, room_offset as place from found where deleted or was_deleted`);
  return gone.length > 0 && (await eraseEvents(queries, gone));
}

type Change = Readonly<Record<string, unknown>>;

/** One for each message and author: the newest edit, or the deletion. */
function lastChanges(news: readonly EventInput[]): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { type, room, author, at, body } of news.toSorted((one, other) => one.place - other.place)) {
    if (type !== "message.edited" && type !== "message.deleted") continue;
    const key = `${room} ${body.message} ${author}`;
    const before = changes.get(key);
    if (before?.deleted === true) continue;
    const kept = { message: body.message, room, author };
    if (type === "message.deleted") changes.set(key, { ...kept, at, text: "", mentions: [], deleted: true });
    else {
      const { text, mentions, named, answer = before?.answer } = body;
      changes.set(key, { ...kept, at, text, mentions, named, answer, deleted: false });
    }
  }
  return [...changes.values()];
}
