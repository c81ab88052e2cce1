/**
 * What a room's page shows: the events in a window of offsets, its messages as they read now. Each page asks for it, and takes its time
 * by the value: what says nothing is null. One value of JSON would save little here and cost Postgres more.
 */
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { maxReordered, type RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { TimelineReading, TimelineWindow } from "#domain/ports/index.ts";
import { entriesWithin } from "#domain/sizes.ts";
import { type TimelineRow, timelineEntry } from "./event-rows.ts";
import { quoted } from "./quoted.ts";
import { shortWindowReader } from "./read-window.ts";

/** Show nothing at their own place. */
const unseen: readonly RoomEvent["type"][] = [
  "event.discarded",
  "message.edited",
  "message.deleted",
  "reaction.added",
  "reaction.removed",
];

export async function readTimeline(database: Database, room: RoomId, window: TimelineWindow): Promise<TimelineReading> {
  const rows = await read(database, room, window);
  const all = rows.flatMap((row) => timelineEntry(room, row) ?? []);
  // A page's rows are few: they are counted here.
  const entries = entriesWithin(all, window);
  const wholeTo = rows[0]?.wholeTo ?? null;
  return wholeTo === null ? { entries } : { entries, wholeTo };
}

const reordered = sql.raw(String(maxReordered));

/**
 * What a message says stands in its event, too: it is read once. Messages are found one by one, through their index: a plan that was
 * made while tables were small would else read all of the room for each page.
 */
const read = shortWindowReader<TimelineRow & { readonly wholeTo: number | null }>(
  { room: sql`e.room_id`, offset: sql`e.room_offset` },
  (within, order) => sql`
    select e.id, e.room_offset as "roomOffset", e.at, e.author_id as "authorId", a.name as "authorName",
      e.member_id as "memberId", p.name as "memberName",
      case when m.room_id is null then e.type end as type, case when m.room_id is null then e.body end as body,
      m.text, nullif(m.mentions, '[]') as mentions, m.named, m.edited_at as "editedAt", nullif(m.deleted, false) as deleted,
      m.reactions, m.answer, ${quoted({ room: sql`m.room_id`, replyTo: sql`m.reply_to` })} as "replyTo",
      (select r.last_offset from rooms r where r.id = ${sql.placeholder("room")}::uuid and least(${reordered}, r.last_offset) =
        (select count(*) from room_events w where w.room_id = r.id and w.room_offset > r.last_offset - ${reordered})) as "wholeTo"
    from room_events e left join users a on a.id = e.author_id left join users p on p.id = e.member_id
      left join lateral (
        select * from messages where room_id = e.room_id and room_offset = e.room_offset limit 1) m on true
    where ${within} and e.type not in (${sql.raw(unseen.map((type) => `'${type}'`).join(", "))}) ${order}`,
);
