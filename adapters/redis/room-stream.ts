/**
 * The stream in Redis: offsets, known ids, the recent tail and live runs, atomic per room (superchat.lua). What Redis does
 * not know, or not any more, it takes from the store (docs/adr/0006-redis-stream.md).
 */
import { unavailable } from "#domain/errors.ts";
import type { LoggedEvent, RoomEvent } from "#domain/events.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { Published, RoomStream, TailBounds } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import type { Channels } from "./channels.ts";
import { roomKeys } from "./keys.ts";
import { createPublishAhead, type Place } from "./publish-ahead.ts";
import { createRoomFeeds } from "./room-feeds.ts";
import { createRoomQueue, type QueuedEvent } from "./room-queue.ts";
import type { Servers } from "./servers.ts";
import { slices } from "./slices.ts";

/** Ids confirmed in one call. */
const maxConfirmedAtOnce = 500;

/** Empty: in the order of the log. */
type Order = "" | "ahead";

export interface RedisStreamOptions {
  /** Where a room stands in the store. */
  readonly head: (room: RoomId) => Promise<Position | undefined>;
  /** Hears of listeners that throw. */
  readonly report: (error: unknown) => void;
  /** Events of a room were missing and have been fetched. */
  readonly onRepair?: (() => void) | undefined;
  /** From here on nothing is tried again. */
  readonly ended?: AbortSignal | undefined;
}

/** What Redis holds of a room. */
export interface TailReading extends Position {
  /** Undefined when the tail does not reach back that far. */
  readonly events: readonly RoomEvent[] | undefined;
}

export function createRedisStream(servers: Servers, channels: Channels, options: RedisStreamOptions): RoomStream {
  /** Rooms in which gateways wait until this writer has caught up. */
  const behind = new Set<RoomId>();
  const queue = createRoomQueue(publishInOrder);
  const ahead = createPublishAhead({
    publish: (room, events) => publishCall(room, events, "ahead"),
    leaveToWriter: (room, reason) => servers.call("leave_to_writer", [roomKeys.head(room)], [reason]),
    ended: options.ended,
  });
  const feeds = createRoomFeeds(channels, head, read, options.report, options.onRepair);

  async function publishInOrder(room: RoomId, events: readonly QueuedEvent[]): Promise<readonly Published[]> {
    const places = await publishCall(room, events, "");
    return places.map((place) => {
      if (place === "not-yet") throw unavailable("The stream leaves to others what only the writer can do.");
      return place;
    });
  }

  async function publishCall(room: RoomId, events: readonly QueuedEvent[], order: Order): Promise<readonly Place[]> {
    const answer = await publishFrom(room, events, order, undefined);
    if (answer !== undefined) return answer;
    const stored = (await options.head(room)) ?? { epoch: "", offset: 0 };
    const second = await publishFrom(room, events, order, stored);
    if (second === undefined) throw unavailable("The stream does not say where it stands; try again in a moment.");
    return second;
  }

  /** @returns undefined when Redis has to be told where the store stands */
  async function publishFrom(room: RoomId, events: readonly QueuedEvent[], order: Order, stored?: Position) {
    const keys = events.map(({ event }) => roomKeys.id(room, event.id));
    const bodies = events.flatMap(({ event, json }) => [`${event.at} ${event.author.id}`, json]);
    const noted = events.flatMap(({ event }, at) => (isAboutWords(event) ? [at + 1] : [])).join(" ");
    const base = stored === undefined ? ["", ""] : [stored.epoch, `${stored.offset}`];
    const reply = await servers.call("publish", [...positionKeys(room), ...keys], (leaseUntil) => [
      roomKeys.live(room),
      ...base,
      order === "" ? "" : leaseUntil,
      noted,
      ...bodies,
    ]);
    const [epoch, isBehind, ...places] = reply as [string, number, ...(number | string)[]];
    if (epoch === "") return undefined;
    if (order === "") noteBehind(room, isBehind === 1);
    return events.map(({ event }, index) => placeOf(places[index], event, epoch));
  }

  function noteBehind(room: RoomId, isBehind: boolean): void {
    if (isBehind) behind.add(room);
    else behind.delete(room);
  }

  async function catchUp(room: RoomId, endSeenAt: number): Promise<void> {
    const ageMicros = Math.ceil((performance.now() - endSeenAt) * 1_000);
    const reply = await servers.call("caught_up", [roomKeys.head(room)], (leaseUntil) => [`${ageMicros}`, leaseUntil]);
    noteBehind(room, reply !== 1);
  }

  /** @returns undefined when Redis holds nothing of the room that is still true */
  async function read(
    room: RoomId,
    after: number,
    limit: number,
    { known = [], maxBytes }: TailBounds = {},
  ): Promise<TailReading | undefined> {
    const spans = spansOf(known.filter((offset) => offset > after));
    const reply = await servers.call("read", positionKeys(room), [
      `${after}`,
      `${limit}`,
      `${maxBytes ?? ""}`,
      ...spans,
    ]);
    const [epoch, offset, reached, ...events] = reply as [string, number, number, ...string[]];
    if (epoch === "") return undefined;
    return {
      epoch,
      offset,
      events:
        reached === 1 ? events.flatMap((json, at) => (json === "" ? [] : eventOf(json, after + 1 + at))) : undefined,
    };
  }

  async function head(room: RoomId): Promise<Position> {
    const live = await read(room, 0, 0);
    if (live !== undefined) return { epoch: live.epoch, offset: live.offset };
    return (await options.head(room)) ?? { epoch: "", offset: 0 };
  }

  return {
    async publish(events) {
      const rooms = Map.groupBy(events, ({ room }) => room);
      const placed = await Promise.all(
        [...rooms].map(async ([room, own]) => [room, (await queue.publish(room, own)).values()] as const),
      );
      const next = new Map(placed);
      return events.map(({ room }) => next.get(room)?.next().value as Published);
    },

    publishAhead: ahead.publish,

    async caughtUp(rooms, endSeenAt) {
      await Promise.all(rooms.filter((room) => behind.has(room)).map((room) => catchUp(room, endSeenAt)));
    },

    async confirm(events) {
      const calls = [...Map.groupBy(events, ({ room }) => room)].flatMap(([room, own]) =>
        slices(own, maxConfirmedAtOnce).map((slice) => {
          const keys = slice.map(({ id }) => roomKeys.id(room, id));
          return servers.call(
            "confirm",
            keys,
            slice.map(({ author }) => author.id),
          );
        }),
      );
      await Promise.all(calls);
    },

    head,

    async tail(room, after, limit, bounds) {
      const live = await read(room, after, limit, bounds);
      if (live !== undefined) return live.events && { room, epoch: live.epoch, events: live.events };
      const stored = await options.head(room);
      return after >= (stored?.offset ?? 0) ? { room, epoch: stored?.epoch ?? "", events: [] } : undefined;
    },

    async deletions(room, after) {
      const keys = [roomKeys.head(room), roomKeys.tail(room)];
      const answer = (await servers.call("read_deletions", keys, [`${after}`])) as string[];
      const told = answer.flatMap((json, at) => (at % 2 === 0 ? [] : eventOf(json, Number(answer[at - 1]))));
      return told.filter((event) => event.type === "message.deleted");
    },

    subscribe: feeds.subscribe,
    newEpoch: async (room) => (await servers.call("new_epoch", [roomKeys.life(room)], [])) as string,
  };
}

/** It takes words away, or a deletion that came before may have taken its own. */
function isAboutWords(event: LoggedEvent): boolean {
  const { type } = event;
  return type === "message.deleted" || type === "message.edited" || (type === "message.posted" && "replyTo" in event);
}

function positionKeys(room: RoomId): readonly string[] {
  return [roomKeys.life(room), roomKeys.head(room), roomKeys.tail(room)];
}

/** A number is a new offset; a text what is known of the id: epoch, offset, author; an empty one: it is the writer's turn. */
function placeOf(answer: number | string | undefined, { room, author, at }: LoggedEvent, epoch: string): Place {
  if (answer === "") return "not-yet";
  if (typeof answer === "number") return { room, author: author.id, at, epoch, offset: answer, fresh: true };
  const [knownEpoch, offset, knownAt, knownAuthor] = (answer ?? "").split(" ");
  if (!knownEpoch || !offset || !knownAt || !knownAuthor)
    throw unavailable("The stream answered for fewer events than it was given.");
  const known = { author: knownAuthor as UserId, at: knownAt, epoch: knownEpoch, offset: Number(offset) };
  return { room, ...known, fresh: false };
}

export function eventOf(json: string, offset: number): RoomEvent {
  return { ...(JSON.parse(json) as LoggedEvent), offset };
}

/** Rising numbers as spans: from, to, from, to. */
function spansOf(offsets: readonly number[]): string[] {
  return offsets.flatMap((offset, at) => [
    ...(offsets[at - 1] === offset - 1 ? [] : [`${offset}`]),
    ...(offsets[at + 1] === offset + 1 ? [] : [`${offset}`]),
  ]);
}
