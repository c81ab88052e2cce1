/**
 * The live runs of rooms somebody here listens to. Pub/sub may lose messages, so offsets are checked: after a hole or a
 * lost connection what is missing is read from the tail and handed out in its place.
 */
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { RoomStream, RunListener, Unsubscribe } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import type { Channels } from "./channels.ts";
import { roomKeys } from "./keys.ts";
import { pause } from "./pause.ts";
import type { TailReading } from "./room-stream.ts";

/** Events read at once. */
const repairEvents = 200;
/** Rooms repaired at once: after an outage all of them are. */
const repairsAtOnce = 32;
/** When Redis can't be read, it is tried again after this long. */
const repairAgainMs = 250;

export type ReadTail = (room: RoomId, after: number, limit: number) => Promise<TailReading | undefined>;

interface Feed {
  readonly room: RoomId;
  readonly listeners: Set<{ readonly listener: RunListener }>;
  /** What was handed out last. */
  last: Position | undefined;
  /** Its repair is due, or under way and must look once more. */
  due: boolean;
  repairing: boolean;
  /** Its channel's subscription. */
  heard: Promise<Unsubscribe>;
}

export function createRoomFeeds(
  channels: Channels,
  head: RoomStream["head"],
  read: ReadTail,
  report: (error: unknown) => void,
  onRepair: () => void = () => undefined,
): Pick<RoomStream, "subscribe"> {
  const due: Feed[] = [];
  let repairs = 0;

  function take(feed: Feed, { epoch, first, events }: RunMessage): void {
    if (feed.due || feed.repairing) {
      feed.due = true;
      return;
    }
    const { last } = feed;
    if (last?.epoch === epoch && first > last.offset + 1) {
      repairSoon(feed);
      return;
    }
    const run = events.map((event, at) => ({ ...event, offset: first + at }));
    handOut(feed, { room: feed.room, epoch, events: run });
  }

  /** Without what was handed out before. */
  function handOut(feed: Feed, { room, epoch, events }: EventRun): void {
    const known = feed.last?.epoch === epoch ? feed.last.offset : 0;
    const news = known === 0 ? events : events.filter(({ offset }) => offset > known);
    const newest = news.at(-1);
    if (newest === undefined) return;
    feed.last = { epoch, offset: newest.offset };
    for (const { listener } of [...feed.listeners]) {
      try {
        listener({ room, epoch, events: news });
      } catch (error) {
        report(error);
      }
    }
  }

  function repairSoon(feed: Feed): void {
    if (feed.due) return;
    feed.due = true;
    if (feed.repairing) return;
    due.push(feed);
    if (repairs < repairsAtOnce) void repairAll();
  }

  async function repairAll(): Promise<void> {
    repairs += 1;
    for (let feed = due.shift(); feed !== undefined; feed = due.shift()) await repair(feed);
    repairs -= 1;
  }

  async function repair(feed: Feed): Promise<void> {
    feed.repairing = true;
    while (feed.due && feed.listeners.size > 0) {
      feed.due = false;
      try {
        while (await catchUp(feed));
      } catch {
        feed.due = true;
        await pause(repairAgainMs);
      }
    }
    feed.repairing = false;
    feed.due = false;
  }

  /** @returns whether there is more to read */
  async function catchUp(feed: Feed): Promise<boolean> {
    const { room, last } = feed;
    const found = await read(room, last?.offset ?? Number.MAX_SAFE_INTEGER, repairEvents);
    if (found === undefined || (found.epoch === last?.epoch && found.offset <= last.offset)) return false;
    const { epoch, offset } = found;
    if (epoch === last?.epoch && found.events !== undefined) {
      handOut(feed, { room, epoch, events: found.events });
      if (found.events.length > 0) onRepair();
      return found.events.length > 0;
    }
    // Another epoch, or too far behind for the tail: the newest event tells the listener that it has to read.
    const newest = await read(room, offset - 1, 1);
    if (newest?.events !== undefined) handOut(feed, { room, epoch: newest.epoch, events: newest.events });
    return newest !== undefined && (newest.epoch !== epoch || newest.events === undefined);
  }

  const feeds = new Map<RoomId, Feed>();

  function newFeed(room: RoomId): Feed {
    const feed: Feed = {
      room,
      listeners: new Set(),
      last: undefined,
      due: false,
      repairing: false,
      heard: Promise.resolve(noSubscription),
    };
    feed.heard = hear(feed);
    feeds.set(room, feed);
    return feed;
  }

  /** First where the room stands, then the channel: what is published between the two is missing, and fetched. */
  async function hear(feed: Feed): Promise<Unsubscribe> {
    // Not knowing is no reason not to listen: after an interruption only the newest event is handed out then.
    const position = await head(feed.room).catch(() => undefined);
    feed.last ??= position;
    return channels.subscribe(roomKeys.live(feed.room), {
      message: (message) => take(feed, parseRun(message)),
      resumed: () => repairSoon(feed),
    });
  }

  return {
    async subscribe(room, listener) {
      const feed = feeds.get(room) ?? newFeed(room);
      const holder = { listener };
      feed.listeners.add(holder);
      const leave = async () => {
        if (!feed.listeners.delete(holder) || feed.listeners.size > 0) return;
        if (feeds.get(room) === feed) feeds.delete(room);
        const unsubscribe = await feed.heard.catch(() => noSubscription);
        await unsubscribe();
      };
      try {
        await feed.heard;
      } catch (error) {
        await leave();
        throw error;
      }
      return leave;
    },
  };
}

const noSubscription: Unsubscribe = async () => undefined;

interface RunMessage {
  readonly epoch: string;
  readonly first: number;
  readonly events: readonly LoggedEvent[];
}

function parseRun(message: string): RunMessage {
  return JSON.parse(message) as RunMessage;
}
