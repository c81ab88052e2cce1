/**
 * A gateway's short cut to the stream, ahead of the writer. What it can't publish is left to the writer, and the room is marked,
 * so that no later event overtakes it (docs/adr/0006-redis-stream.md).
 */
import { isChatError } from "#domain/errors.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Published } from "#domain/ports/index.ts";
import { pause } from "./pause.ts";
import { createRoomQueue, type PublishCall } from "./room-queue.ts";

/** An event of a room that is left to the writer is asked for this often, all rooms in one tick, and for this long. */
export const lookAgainMs = 20;
export const patienceMs = 1_000;
/** Rooms that could not be marked are tried again this often; there are at most this many, the oldest are forgotten. */
const markEveryMs = 100;
export const maxUnmarkedRooms = 10_000;

/** What became of an event: its place, or it is the writer's to publish and has not been yet. */
export type Place = Published | "not-yet";

export interface PublishAheadOptions {
  readonly publish: PublishCall<Place>;
  /** Lost: Redis was away. Late: the event has been in the log for as long as we are patient. */
  readonly leaveToWriter: (room: RoomId, reason: "lost" | "late") => Promise<unknown>;
  readonly ended?: AbortSignal | undefined;
}

export interface PublishAhead {
  /** @returns undefined when it was left to the writer @throws ChatError unavailable: left to the writer, too */
  publish(event: LoggedEvent): Promise<Published | undefined>;
}

export function createPublishAhead({ publish: call, leaveToWriter, ended }: PublishAheadOptions): PublishAhead {
  const queue = createRoomQueue<Place>(call);
  /** Rooms with events of ours that nobody published, with how many such events there were before. */
  const unmarked = new Map<RoomId, number>();
  let left = 0;
  let marking = false;
  let nextLook: Promise<void> | undefined;

  async function publish(event: LoggedEvent): Promise<Published | undefined> {
    const giveUpAt = performance.now() + patienceMs;
    try {
      for (;;) {
        const place = await attempt(event);
        if (place !== "not-yet") return place;
        if (performance.now() >= giveUpAt) {
          await leaveToWriter(event.room, "late");
          return undefined;
        }
        await look();
      }
    } catch (error) {
      if (isChatError(error, "unavailable")) leave(event.room);
      throw error;
    }
  }

  async function attempt(event: LoggedEvent): Promise<Place | undefined> {
    if (unmarked.has(event.room)) await mark(event.room);
    return (await queue.publish(event.room, [event]))[0];
  }

  function look(): Promise<void> {
    nextLook ??= pause(lookAgainMs, ended).then(() => {
      nextLook = undefined;
    });
    return nextLook;
  }

  function leave(room: RoomId): void {
    left += 1;
    unmarked.delete(room);
    unmarked.set(room, left);
    const [oldest] = unmarked.keys();
    if (unmarked.size > maxUnmarkedRooms && oldest !== undefined) unmarked.delete(oldest);
    if (!marking) void keepMarking();
  }

  /** @throws ChatError unavailable */
  async function mark(room: RoomId): Promise<void> {
    const before = unmarked.get(room);
    await leaveToWriter(room, "lost");
    // What was left meanwhile needs a mark of its own.
    if (unmarked.get(room) === before) unmarked.delete(room);
  }

  /** Others may publish to the room before we do again. */
  async function keepMarking(): Promise<void> {
    marking = true;
    while (unmarked.size > 0 && ended?.aborted !== true) {
      await pause(markEveryMs, ended);
      await Promise.allSettled([...unmarked.keys()].map(mark));
    }
    marking = false;
  }

  return { publish };
}
