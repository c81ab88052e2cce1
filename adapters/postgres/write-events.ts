/**
 * Stores a batch of events and what follows from them in one transaction: a fixed number of statements, whatever its
 * size.
 */
import { sql } from "drizzle-orm";
import type { Queries } from "#db/database.ts";
import { FencedError } from "#domain/errors.ts";
import type { LogSpan } from "#domain/ports/index.ts";
import { table } from "./among.ts";
import { applyReactions } from "./apply-reactions.ts";
import { applyChanges } from "./change-messages.ts";
import { erasedBody } from "./erase-events.ts";
import { type EventInput, standsElsewhere } from "./event-rows.ts";

/** Types whose consequences need statements of their own. */
const structural: ReadonlySet<string> = new Set([
  "member.joined",
  "member.left",
  "room.topic-changed",
  "message.edited",
  "message.deleted",
  "reaction.added",
  "reaction.removed",
]);

export function isStructural({ type }: EventInput): boolean {
  return structural.has(type);
}

export interface Inserted {
  readonly news: readonly EventInput[];
  /** A message was deleted before it came: edits of it may have come before it as well, with their words. */
  readonly isMore: boolean;
}

/** Adds events and what one statement can derive from them. @returns those that were new */
export type Insert = (queries: Queries, inputs: readonly EventInput[]) => Promise<Inserted>;

/** Where none of them is stored yet: an id that is breaks the primary key, and so the whole batch. */
export const insertEvents: Insert = async (queries, inputs) => {
  const late = await queries.execute(sql`
    with news as materialized (select i.*, ${deletedBefore} as gone from ${table("i", inputColumns, inputs)}),
    placed as (insert into event_places (id, room_id, room_offset) select id, room, place from news),
    ${derived} select from news where gone limit 1`);
  return { news: inputs, isMore: late.length > 0 };
};

/**
 * Where some may be stored: those add nothing anywhere. Another event at the same offset breaks the primary key. Costs the
 * database a third more.
 */
export const insertNewEvents: Insert = async (queries, inputs) => {
  const rows = await queries.execute<{ id: string; late: boolean }>(sql`
    with input as materialized (select * from ${table("i", inputColumns, inputs)}),
    added as (
      insert into event_places (id, room_id, room_offset) select id, room, place from input
      on conflict (id) do nothing returning id),
    news as materialized (select i.*, ${deletedBefore} as gone from input i join added using (id)),
    ${derived} select id, gone is not null as late from news`);
  const added = new Set(rows.map((row) => row.id));
  const [news, known] = [inputs.filter(({ id }) => added.has(id)), inputs.filter(({ id }) => !added.has(id))];
  if (known.length > 0) await checkPlaces(queries, known);
  return { news, isMore: rows.some(({ late }) => late) };
};

const inputColumns =
  "id uuid, room uuid, place bigint, epoch text, type text, author uuid, member uuid, at timestamptz, body jsonb";

/** Whether a message was deleted before it came: a log that is read again may hold the two the other way round. Null: it was not. */
const deletedBefore = sql`case when i.type = 'message.posted' then (
    select true from room_events d
    where d.room_id = i.room and d.body ->> 'message' = i.id::text and d.type = 'message.deleted'
      and d.body ->> 'deleted' is null and d.author_id = i.author limit 1) end`;

/** From `news`: events, messages, mentions and the rooms' heads. */
const derived = sql`
  told as (
    insert into room_events (id, room_id, room_offset, type, author_id, member_id, at, body)
    select id, room, place, type, author, member, at, case when gone then ${erasedBody(sql`body`)} else body end from news),
  posted as (
    insert into messages (id, room_id, room_offset, author_id, text, at, mentions, named, answer, reply_to, deleted, erased)
    select id, room, place, author, case when gone then '' else body ->> 'text' end, at,
      case when gone then '[]' else body -> 'mentions' end, case when gone is null then body -> 'named' end, body -> 'answer',
      case when gone is null then (body -> 'replyTo' ->> 'id')::uuid end, gone is not null, null
    from news where type = 'message.posted'),
  named as (
    insert into mentions (user_id, room_id, room_offset)
    select distinct named.id::uuid, room, place
    from news cross join lateral jsonb_array_elements_text(body -> 'mentions') as named(id)
    where type = 'message.posted' and gone is null and named.id::uuid <> author),
  heads as (select distinct on (room) room, place, epoch from news order by room, place desc),
  moved as (
    update rooms r set last_offset = h.place, epoch = h.epoch from heads h
    where r.id = h.room and r.last_offset < h.place)`;

/** What was stored before must stand where it is to be stored now: else its place would stay empty. */
async function checkPlaces(queries: Queries, known: readonly EventInput[]): Promise<void> {
  const [elsewhere] = await queries.execute<{ id: string }>(sql`
    select i.id from ${table("i", "id uuid, room uuid, place bigint", known)} join event_places p on p.id = i.id
    where p.room_id <> i.room or p.room_offset <> i.place limit 1`);
  if (elsewhere !== undefined) throw standsElsewhere(elsewhere.id);
}

/** Compare-and-set: a writer that was overtaken finds another position and stores nothing. @throws FencedError */
export async function movePosition(queries: Queries, { partition, from, to }: LogSpan): Promise<void> {
  const moved = await queries.execute(
    from === 0
      ? sql`
        insert into log_positions (partition, position) values (${partition}, ${to})
        on conflict (partition) do update set position = excluded.position where log_positions.position = 0
        returning partition`
      : sql`
        update log_positions set position = ${to} where partition = ${partition} and position = ${from}
        returning partition`,
  );
  if (moved.length === 0) throw new FencedError(`${partition} does not stand at ${from} any more.`);
}

/** Memberships, topics and changed messages, after all events of the batch: the last one counts. @returns as applyChanges */
export async function applyStructure(queries: Queries, news: readonly EventInput[]): Promise<boolean> {
  const isMore = await applyChanges(queries, news);
  await applyReactions(queries, news);
  const { topics, left, joined } = outcomeOf(news);
  if (topics.length > 0) {
    await queries.execute(sql`
      update rooms r set topic = t.topic from ${table("t", "room uuid, topic text", topics)} where r.id = t.room`);
  }
  if (left.length > 0) {
    await queries.execute(sql`
      with gone as (
        delete from memberships m using ${table("l", "room uuid, member uuid", left)}
        where m.room_id = l.room and m.user_id = l.member returning m.room_id),
      fewer as (select room_id, count(*)::int as number from gone group by room_id)
      update rooms r set member_count = r.member_count - f.number from fewer f where r.id = f.room_id`);
  }
  if (joined.length > 0) {
    await queries.execute(sql`
      with come as (
        insert into memberships (room_id, user_id, joined_at, joined_offset, read_offset)
        select room, member, at, place, place
        from ${table("j", "room uuid, member uuid, at timestamptz, place bigint", joined)}
        on conflict (room_id, user_id) do nothing returning room_id),
      more as (select room_id, count(*)::int as number from come group by room_id)
      update rooms r set member_count = r.member_count + m.number from more m where r.id = m.room_id`);
  }
  return isMore;
}

/**
 * Someone who left and came back is in both lists: leaving goes first, and the reading begins anew with the new
 * joining.
 */
function outcomeOf(news: readonly EventInput[]) {
  const topics = new Map<string, Row>();
  const left = new Map<string, Row>();
  const joined = new Map<string, Row>();
  for (const { type, room, member, at, place, body } of news.toSorted((one, other) => one.place - other.place)) {
    const pair = `${room} ${member}`;
    if (type === "room.topic-changed") topics.set(room, { room, topic: body.topic });
    if (type === "member.joined" && !joined.has(pair)) joined.set(pair, { room, member, at, place });
    if (type === "member.left") {
      left.set(pair, { room, member });
      joined.delete(pair);
    }
  }
  return { topics: [...topics.values()], left: [...left.values()], joined: [...joined.values()] };
}

type Row = Readonly<Record<string, unknown>>;
