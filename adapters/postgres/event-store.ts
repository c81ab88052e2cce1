/** A room's history in Postgres: windows of it by offset, and where an event is. The writing is in write-events.ts. */
import { and, desc, eq, gte, not, sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import { logPositions, mentions, messages, rooms, users } from "#db/schema.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { EventStore, LogSpan, StoredRef } from "#domain/ports/index.ts";
import { list } from "./among.ts";
import { coalesce } from "./coalesce.ts";
import { type EventInput, eventOf, inputsOf, messageOf } from "./event-rows.ts";
import { ask, askTogether, repeated } from "./failures.ts";
import { quoted } from "./quoted.ts";
import { readChain } from "./read-chain.ts";
import { readEventRows, readMessageRows } from "./read-events.ts";
import { readTimeline } from "./read-timeline.ts";
import { statement } from "./statement.ts";
import {
  applyStructure,
  type Insert,
  insertEvents,
  insertNewEvents,
  isStructural,
  movePosition,
} from "./write-events.ts";

interface FoundRow extends Record<string, unknown> {
  readonly id: EventId;
  readonly room: RoomId;
  readonly author: UserId;
  readonly offset: number;
  readonly type: string;
}

/** As the index has it. */
const isGrowing = sql`${messages.answer} ->> 'state' = 'growing'`;

const messageColumns = {
  id: messages.id,
  roomId: messages.roomId,
  roomOffset: messages.roomOffset,
  authorId: messages.authorId,
  authorName: users.name,
  at: messages.at,
  text: messages.text,
  mentions: messages.mentions,
  named: messages.named,
  editedAt: messages.editedAt,
  deleted: messages.deleted,
  reactions: messages.reactions,
  answer: messages.answer,
  replyTo: quoted({ room: messages.roomId, replyTo: messages.replyTo }),
};

/**
 * Each id by itself, through the index: a join of both lists is planned while the table is small, and then reads all of it for as long
 * as the plan is kept.
 */
const readPlaces = statement<FoundRow>(sql`
  select found.* from ${list("uuid", sql.placeholder("ids"))} as wanted(id) cross join lateral (
    select p.id, p.room_id as room, p.room_offset as "offset", e.author_id as author, e.type
    from event_places p join room_events e on e.room_id = p.room_id and e.room_offset = p.room_offset
    where p.id = wanted.id limit 1) found`);

/** @param eraseMore called when a batch left something to erase */
export function createEventStore(database: Database, eraseMore: () => void = () => undefined): EventStore {
  async function findAll(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, StoredRef>> {
    const rows = await readPlaces(database, { ids: JSON.stringify(ids) });
    return new Map(
      rows.map(({ id, room, author, offset, type }) => {
        return [id, { room, author, offset, discarded: type === "event.discarded" }];
      }),
    );
  }

  async function writeBy(insert: Insert, inputs: readonly EventInput[], span: LogSpan | undefined): Promise<void> {
    if (inputs.length === 0 && span === undefined) return;
    if ((await isMoreAfter(insert, inputs, span)) === true) eraseMore();
  }

  async function isMoreAfter(insert: Insert, inputs: readonly EventInput[], span: LogSpan | undefined) {
    if (span === undefined && !inputs.some(isStructural))
      return (await ask(database, (queries) => insert(queries, inputs))).isMore;
    return await askTogether(database, async (queries) => {
      if (span !== undefined) await movePosition(queries, span);
      if (inputs.length === 0) return false;
      const { news, isMore } = await insert(queries, inputs);
      return (await applyStructure(queries, news)) || isMore;
    });
  }

  return {
    async write(runs, span) {
      const inputs = inputsOf(runs);
      try {
        await writeBy(insertEvents, inputs, span);
      } catch (error) {
        if (repeated(error) === undefined) throw error;
        // Rare: something of it is stored already, or stands elsewhere.
        await writeBy(insertNewEvents, inputs, span);
      }
    },

    async position(partition) {
      const { position } = logPositions;
      const [row] = await ask(database, (queries) =>
        queries.select({ position }).from(logPositions).where(eq(logPositions.partition, partition)),
      );
      return row?.position;
    },

    find: coalesce(findAll),
    findAll,

    events: async (room, window) => (await readEventRows(database, room, window)).map(eventOf),
    messages: async (room, window) => (await readMessageRows(database, room, window)).map(messageOf),
    timeline: (room, window) => readTimeline(database, room, window),

    chain: (room, message, limit) => readChain(database, room, message, limit),

    async growing(author, limit) {
      const rows = await ask(database, (queries) =>
        queries
          .select(messageColumns)
          .from(messages)
          .leftJoin(users, eq(users.id, messages.authorId))
          .where(and(eq(messages.authorId, author), isGrowing, not(messages.deleted)))
          .limit(limit),
      );
      return rows.map(messageOf);
    },

    async naming(person, since, limit) {
      const place = and(eq(messages.roomId, mentions.roomId), eq(messages.roomOffset, mentions.roomOffset));
      const rows = await ask(database, (queries) =>
        queries
          .select(messageColumns)
          .from(mentions)
          .innerJoin(messages, place)
          .leftJoin(users, eq(users.id, messages.authorId))
          .where(and(eq(mentions.userId, person), gte(messages.at, since)))
          .orderBy(desc(messages.at), desc(messages.roomOffset))
          .limit(limit),
      );
      return rows.map(messageOf).toReversed();
    },

    async head(room) {
      const [row] = await ask(database, (queries) =>
        queries.select({ epoch: rooms.epoch, offset: rooms.lastOffset }).from(rooms).where(eq(rooms.id, room)),
      );
      return row;
    },
  };
}
