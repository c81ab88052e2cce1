/**
 * What a cluster holds at the end, read by hand: Postgres by SQL, rooms by the API, the topics record by record.
 */
import { SQL } from "bun";
import type { Kafka } from "kafkajs";
import type { ApiPerson } from "../support/api-person.ts";
import { type RawRecord, readRecords } from "../support/raw-topic.ts";
import { until } from "../support/wait.ts";
import type { History, PlacedEvent, StoredEvent } from "./history.ts";
import { type ApiEvent, readRoom } from "./room-reading.ts";

export type Evidence = Pick<History, "stored" | "messages" | "api" | "log" | "positions" | "deadLetters">;

export interface Sources {
  readonly base: string;
  readonly databaseUrl: string;
  readonly kafka: Kafka;
  readonly topic: string;
  readonly rooms: readonly string[];
  /** A member of all rooms. */
  readonly reader: ApiPerson;
  readonly settledWithinMs: number;
}

/** Waits until the store has read the log and bots have answered. If that does not happen, the checker says what is missing. */
export async function settle({ databaseUrl, kafka, topic, settledWithinMs }: Sources): Promise<void> {
  const sql = new SQL(databaseUrl, { max: 1 });
  const settled = async () =>
    (await positionsOf(sql, kafka, topic)).every(({ stored, end }) => stored === end) && (await unanswered(sql)) === 0;
  try {
    await until(settled, { deadlineMs: settledWithinMs, what: "the store to have read the log" }).catch(
      () => undefined,
    );
  } finally {
    await sql.close();
  }
}

export async function gather(sources: Sources): Promise<Evidence> {
  const { base, databaseUrl, kafka, topic, rooms, reader } = sources;
  const sql = new SQL(databaseUrl, { max: 1 });
  try {
    const [records, letters] = [await readRecords(kafka, topic), await readRecords(kafka, `${topic}.dead-letters`)];
    return {
      positions: await positionsOf(sql, kafka, topic),
      stored: (await eventsOf(sql)).filter(({ room }) => rooms.includes(room)),
      messages: (await messagesOf(sql)).filter(({ room }) => rooms.includes(room)),
      api: new Map(await Promise.all(rooms.map(async (room) => [room, await apiOf(base, reader, room)] as const))),
      log: records.filter(({ key }) => rooms.includes(key)).map(loggedOf),
      deadLetters: letters.map(({ text, headers }) => ({ text, reason: headers["superchat-reason"] ?? "" })),
    };
  } finally {
    await sql.close();
  }
}

/** Of a standalone server, whose API is all there is to read. */
export async function gatherFromApi({
  base,
  rooms,
  reader,
}: Pick<Sources, "base" | "rooms" | "reader">): Promise<Evidence> {
  const read = await Promise.all(
    rooms.map(async (room) => [room, (await readRoom(base, reader, room)).events] as const),
  );
  const api = new Map(read.map(([room, events]) => [room, events.map(placedOf)]));
  const stored = read.flatMap(([room, events]) =>
    events.map((event): StoredEvent => ({ ...placedOf(event), room, at: Date.parse(event.at) })),
  );
  const messages = stored.filter(({ type }) => type === "message.posted");
  const log = stored.map(({ id, room }, offset) => ({ partition: 0, offset, key: room, id }));
  return { stored, messages, api, log, positions: [], deadLetters: [] };
}

async function positionsOf(sql: SQL, kafka: Kafka, topic: string): Promise<Evidence["positions"]> {
  const rows: { partition: string; position: string }[] =
    await sql`select partition, position::text from log_positions`;
  const stored = new Map(rows.map(({ partition, position }) => [partition, Number(position)]));
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    return ends.map(({ partition, high }) => {
      return { partition, stored: stored.get(`${topic}/${partition}`) ?? 0, end: Number(high) };
    });
  } finally {
    await admin.disconnect();
  }
}

/** Questions that name a bot, and whose answer has not ended yet. */
async function unanswered(sql: SQL): Promise<number> {
  const [row]: { count: number }[] = await sql`
    select count(*)::int as count from room_events q
    where q.type = 'message.posted' and q.body ->> 'text' like '%@superchat%' and q.body -> 'mentions' <> '[]'::jsonb
      and not exists (select from room_events a where a.room_id = q.room_id
        and a.body -> 'answer' ->> 'question' = q.id::text and a.body -> 'answer' ->> 'state' <> 'growing')`;
  return row?.count ?? 0;
}

async function eventsOf(sql: SQL): Promise<StoredEvent[]> {
  const rows: Record<string, string | null>[] = await sql`
    select id::text, room_id::text as room, room_offset::text as place, type, author_id::text as author,
      extract(epoch from at)::text as seconds, case when type = 'message.posted' then body ->> 'text' else '' end as text,
      body -> 'answer' ->> 'question' as question, body -> 'answer' ->> 'state' as state, body ->> 'message' as message, body ->> 'text' as words,
      (body -> 'mentions' = '[]'::jsonb)::text as nobody
    from room_events order by room_id, room_offset`;
  return rows.map(({ type, seconds, question, state, message, words, nobody, ...row }) => ({
    id: row.id ?? "",
    room: row.room ?? "",
    offset: Number(row.place),
    type: type ?? "",
    author: row.author ?? "",
    at: Number(seconds) * 1_000,
    text: row.text ?? "",
    ...(nobody === "true" ? { namesNobody: true } : {}),
    ...(question ? { question, grows: state === "growing" } : {}),
    ...(message && type === "message.edited" ? { edits: { message, text: words ?? "" } } : {}),
  }));
}

async function messagesOf(sql: SQL): Promise<Evidence["messages"]> {
  const rows: Record<string, string>[] = await sql`
    select id::text, room_id::text as room, room_offset::text as place, text from messages order by room_id, room_offset`;
  return rows.map(({ id = "", room = "", place, text = "" }) => ({ id, room, offset: Number(place), text }));
}

async function apiOf(base: string, reader: ApiPerson, room: string): Promise<PlacedEvent[]> {
  const read = () => readRoom(base, reader, room);
  const { events } = await until(read, { deadlineMs: 60_000, what: `the API to answer for ${room}` });
  return events.map(placedOf);
}

function placedOf({ offset, id, type, author, text = "" }: ApiEvent): PlacedEvent {
  return { offset, id, type, author: author.id, text: type === "message.posted" ? text : "" };
}

/** The id is what the record says of itself, whether or not the rest of it is an event. */
function loggedOf({ partition, offset, key, text }: RawRecord): History["log"][number] {
  let id: string | undefined;
  try {
    id = JSON.parse(text).id;
  } catch {
    // It is not JSON: put there to be refused.
  }
  return { partition, offset, key, id };
}
