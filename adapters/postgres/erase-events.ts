/**
 * Takes the words out of the events of deleted messages, in place: as domain/erased.ts says, by one statement, whatever the number of
 * messages. What a version before left, or a deletion with very many edits, is erased piece by piece.
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database, Queries } from "#db/database.ts";
import { atMost } from "#domain/at-most.ts";
import { whileUnavailable } from "#domain/back-off.ts";
import { places } from "./among.ts";
import { ask, askTogether } from "./failures.ts";

/** Events that one statement erases, and locks; and messages, and replies, that one piece of the rest looks at. */
export const erasedAtOnce = 1_000;
const messagesAtOnce = 100;
/** A piece takes less, unless the database is away: then closing that gives it up. */
export const closeWithinMs = 2_000;
/** Any number that nothing else in the database locks: processes that start together take turns. */
const advisoryLock = 7_305_114;

/** A deleted message. */
export interface Gone extends Record<string, unknown> {
  readonly message: string;
  readonly room: string;
  readonly author: string;
  readonly place: number;
}

/** What is left of an event's body. */
export function erasedBody(body: SQL): SQL {
  return sql`(coalesce((select jsonb_object_agg(kept.key, kept.value) from jsonb_each(${body}) as kept
    where kept.key in ('message', 'answer')), '{}') || '{"text": "", "mentions": [], "deleted": true}')`;
}

/** @returns whether they had so many events that there are more to erase */
export async function eraseEvents(queries: Queries, gone: readonly Gone[]): Promise<boolean> {
  const [done] = await queries.execute<{ more: boolean }>(sql`
    with gone as materialized (select * from ${places("g", "message uuid, room uuid, author uuid, place bigint", gone)}),
    speaking as materialized (
      select g.room, e.place from gone g cross join lateral (
        select room_offset as place from room_events
        where room_id = g.room and room_offset = g.place and body ->> 'deleted' is null
        union all
        select room_offset from room_events
        where room_id = g.room and body ->> 'message' = g.message::text and type = 'message.edited'
          and body ->> 'deleted' is null and author_id = g.author) e
      limit ${erasedAtOnce}::bigint),
    silenced as (
      update room_events e set body = ${erasedBody(sql`e.body`)}
      from speaking s where e.room_id = s.room and e.room_offset = s.place),
    state as (select count(*) = ${erasedAtOnce}::bigint as more from speaking),
    noted as (
      update messages m set erased = case when not state.more then true end
      from gone g, state where m.room_id = g.room and m.room_offset = g.place)
    select more from state`);
  return done?.more ?? false;
}

/** All that is yet to be erased, until nothing is left or `stop` says so; where nothing is, that is a look at two indexes. */
export async function eraseRest(database: Database, stop?: AbortSignal): Promise<void> {
  while (!stop?.aborted && (await eraseSome(database)));
  while (!stop?.aborted && (await forgetSomeQuotes(database)));
}

export interface Eraser {
  /** There is more to erase: it is begun with, or goes on once what it is at is done. */
  wake(): void;
  /** Ends after the piece that it is at, and does not wait for longer than `closeWithinMs`. */
  close(): Promise<void>;
}

/**
 * Beside everything else, from now on. While the database can't do it, it tries again, ever slower. Whatever else fails is tried again when
 * something else is left to erase, or by the next process that starts.
 * @param report hears of the first failure of several
 */
export function startErasing(database: Database, report: (error: unknown) => void): Eraser {
  const stop = new AbortController();
  let isAsked = false;
  let work: Promise<void> | undefined;

  async function erase(): Promise<void> {
    while (isAsked && !stop.signal.aborted) {
      isAsked = false;
      let isTold = false;
      const tell = (error: unknown) => {
        if (!isTold && !stop.signal.aborted) report(error);
        isTold = true;
      };
      const retry = { stop: stop.signal, onRetry: tell };
      await whileUnavailable(() => eraseRest(database, stop.signal), retry).catch(tell);
    }
    work = undefined;
  }

  function wake(): void {
    isAsked = true;
    work ??= erase();
  }

  wake();
  return {
    wake,
    async close() {
      stop.abort();
      if (work !== undefined) await atMost(closeWithinMs, work);
    },
  };
}

async function eraseSome(database: Database): Promise<boolean> {
  const find = sql`select id as message, room_id as room, author_id as author, room_offset as place
    from messages where deleted and erased is null order by room_id, room_offset limit ${messagesAtOnce}::bigint`;
  if ((await ask(database, (queries) => queries.execute(find))).length === 0) return false;
  await askTogether(database, async (queries) => {
    await queries.execute(sql`select pg_advisory_xact_lock(${advisoryLock})`);
    await eraseEvents(queries, await queries.execute<Gone>(find));
  });
  return true;
}

/** What a message answers is read with it: its words don't belong into another message's event. */
async function forgetSomeQuotes(database: Database): Promise<boolean> {
  const forgotten = await ask(database, (queries) =>
    queries.execute(sql`
      with quoting as materialized (
        select room_id, room_offset from room_events where body -> 'replyTo' ->> 'text' <> ''
        order by room_id, room_offset limit ${erasedAtOnce}::bigint for update skip locked)
      update room_events e set body = jsonb_set(e.body, '{replyTo,text}', '""')
      from quoting q where e.room_id = q.room_id and e.room_offset = q.room_offset returning e.room_offset`),
  );
  return forgotten.length > 0;
}
