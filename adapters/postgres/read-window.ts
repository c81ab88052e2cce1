/**
 * Windows of a room by offset, in number and, where many rows may be asked for, in bytes: they are counted up in the order in which they
 * are read, so that what does not fit into an answer stays in the database. Statements are built once for each kind of window.
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import type { RoomId } from "#domain/ids.ts";
import type { TimelineWindow } from "#domain/ports/index.ts";
import { headBytes, listedIdBytes } from "#domain/sizes.ts";
import { statement } from "./statement.ts";

/** A statement that has the column "roomOffset", and bytes where they are counted. */
type MakeRows = (within: SQL, order: SQL) => SQL;

/** Larger than any answer: of who asks for no bound. */
const boundless = Number.MAX_SAFE_INTEGER;

/** Ascending by offset, whichever end was read first. */
export type WindowReader<Row> = (database: Database, room: RoomId, window: TimelineWindow) => Promise<readonly Row[]>;

interface Place {
  /** The columns of the room and the offset that the window is about. */
  readonly room: SQL;
  readonly offset: SQL;
}

/** In bytes as well. */
export function windowReader<Row>(place: Place, makeRows: MakeRows): WindowReader<Row> {
  return reader(place, makeRows, counted);
}

/** In number alone, for who asks for few rows and counts them: a page would cost Postgres a fifth more. */
export function shortWindowReader<Row>(place: Place, makeRows: MakeRows): WindowReader<Row> {
  return reader(place, makeRows, (rows) => rows);
}

function reader<Row>(place: Place, makeRows: MakeRows, finish: (rows: SQL, direction: SQL) => SQL): WindowReader<Row> {
  const known = new Map<string, ReturnType<typeof statement<Row>>>();
  return async (database, room, window) => {
    const { after, before, limit, messages, from, maxBytes = boundless } = window;
    const key = [after, before, messages].map((each) => each !== undefined).join(" ") + (from ?? "");
    const read = known.get(key) ?? statement<Row>(windowOf(window, place, makeRows, finish));
    known.set(key, read);
    const rows = await read(database, { room, after, before, limit, messages, maxBytes });
    return from === "oldest" ? rows : rows.toReversed();
  };
}

function windowOf(
  { after, before, messages, from }: TimelineWindow,
  { room, offset }: Place,
  makeRows: MakeRows,
  finish: (rows: SQL, direction: SQL) => SQL,
): SQL {
  const direction = from === "oldest" ? sql`asc` : sql`desc`;
  const inside = (ofRoom: SQL, at: SQL) => sql`${ofRoom} = ${sql.placeholder("room")}::uuid
    ${after === undefined ? sql`` : sql`and ${at} > ${sql.placeholder("after")}::bigint`}
    ${before === undefined ? sql`` : sql`and ${at} < ${sql.placeholder("before")}::bigint`}`;
  // The first message that is too much, and nothing from there on.
  const beyond = sql`(select x.room_offset from messages x where ${inside(sql`x.room_id`, sql`x.room_offset`)}
    order by x.room_offset ${direction} offset ${sql.placeholder("messages")}::bigint limit 1)`;
  const upTo = from === "oldest" ? sql`< coalesce(${beyond}, ${boundless})` : sql`> coalesce(${beyond}, 0)`;
  const within = sql`${inside(room, offset)} ${messages === undefined ? sql`` : sql`and ${offset} ${upTo}`}`;
  const order = sql`order by ${offset} ${direction} limit ${sql.placeholder("limit")}::bigint`;
  return finish(makeRows(within, order), direction);
}

function counted(rows: SQL, direction: SQL): SQL {
  return sql`select * from (
      select w.*, sum(w.bytes) over (order by w."roomOffset" ${direction} rows unbounded preceding) - w.bytes as "bytesBefore"
      from (${rows}) w) s
    where s."bytesBefore" < ${sql.placeholder("maxBytes")}::bigint order by s."roomOffset" ${direction}`;
}

/** As sizes.ts counts. @param lists jsonb arrays, one of whose items counts as an id, or null */
export function bytesOf(text: SQL, ...lists: readonly SQL[]): SQL {
  const listed = lists.map((list) => sql`coalesce(jsonb_array_length(${list}), 0)`);
  return sql`(${sql.raw(`${headBytes}`)} + coalesce(octet_length(${text}), 0)
    + ${sql.raw(`${listedIdBytes}`)} * (${sql.join(listed, sql` + `)}))`;
}
