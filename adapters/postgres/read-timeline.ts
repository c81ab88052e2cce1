/** What a room's page shows: the events in a window of offsets, its messages as they read now. Each page asks for it. */
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { TimelineEntry } from "#domain/message.ts";
import type { OffsetWindow } from "#domain/ports/index.ts";
import { type TimelineRow, timelineEntry } from "./event-rows.ts";
import { quoted } from "./quoted.ts";
import { statement } from "./statement.ts";

/** Show nothing at their own place. */
const unseen: readonly RoomEvent["type"][] = [
  "event.discarded",
  "message.edited",
  "message.deleted",
  "reaction.added",
  "reaction.removed",
];

export async function readTimeline(
  database: Database,
  room: RoomId,
  window: OffsetWindow,
): Promise<readonly TimelineEntry[]> {
  const { after, before, from } = window;
  const read = statementFor(after !== undefined, before !== undefined, from === "oldest");
  const rows = await read(database, { ...window, room });
  return (from === "oldest" ? rows : rows.toReversed()).flatMap((row) => timelineEntry(row) ?? []);
}

const statements = new Map<string, ReturnType<typeof makeStatement>>();

function statementFor(hasAfter: boolean, hasBefore: boolean, ascending: boolean) {
  const key = `${hasAfter} ${hasBefore} ${ascending}`;
  const known = statements.get(key) ?? makeStatement(hasAfter, hasBefore, ascending);
  statements.set(key, known);
  return known;
}

/** What a message says stands in its event, too: it is read once. */
function makeStatement(hasAfter: boolean, hasBefore: boolean, ascending: boolean) {
  return statement<TimelineRow>(sql`
    select e.id, e.room_id as "roomId", e.room_offset as "roomOffset", e.type, e.at, e.author_id as "authorId",
      a.name as "authorName", e.member_id as "memberId", p.name as "memberName",
      case when m.room_id is null then e.body end as body,
      m.text, m.mentions, m.edited_at as "editedAt", m.deleted, m.reactions, m.answer,
      ${quoted({ room: sql`m.room_id`, replyTo: sql`m.reply_to` })} as "replyTo"
    from room_events e left join users a on a.id = e.author_id left join users p on p.id = e.member_id
      left join messages m on m.room_id = e.room_id and m.room_offset = e.room_offset
    where e.room_id = ${sql.placeholder("room")}::uuid
      and e.type not in (${sql.join(
        unseen.map((type) => sql`${type}`),
        sql`, `,
      )})
      ${hasAfter ? sql`and e.room_offset > ${sql.placeholder("after")}::bigint` : sql``}
      ${hasBefore ? sql`and e.room_offset < ${sql.placeholder("before")}::bigint` : sql``}
    order by e.room_offset ${ascending ? sql`asc` : sql`desc`} limit ${sql.placeholder("limit")}::bigint`);
}
