/** The stream: the place of each event in its room, and its way to whoever is there. */
import type { EventOf, EventRun, LoggedEvent } from "../events.ts";
import type { RoomId, UserId } from "../ids.ts";
import type { Position } from "../room.ts";

/** What became of one published event. */
export interface Published extends Position {
  /** False when the id was known already: the offset is the first one's, and nothing was published. */
  readonly fresh: boolean;
  /** The room and author under which the id is known; they differ from the event's when the id was taken by another. */
  readonly room: RoomId;
  readonly author: UserId;
  /** The time that the event with the id bears: another than this one's when it was sent before. */
  readonly at: string;
}

export interface TailBounds {
  /** Events at these offsets, which rise, are counted but left out. */
  readonly known?: readonly number[];
  /** It ends with the event that fills these, roughly; one at least. */
  readonly maxBytes?: number | undefined;
}

export type RunListener = (run: EventRun) => void;

/**
 * Gives each logged event its offset, keeps the recent tail, and publishes live. Atomic per room, idempotent by event id. With a deletion the
 * words of its message leave the tail, as domain/erased.ts says, and replies that come a little later don't quote them.
 */
export interface RoomStream {
  /** For who reads the log, in its order. @throws ChatError unavailable */
  publish(events: readonly LoggedEvent[]): Promise<readonly Published[]>;

  /**
   * A short cut for who has appended the event to the log and not acked it yet. Undefined, after a short wait, when earlier events
   * of the room may be in the log unpublished: then this one is left to who reads the log, too. @throws ChatError unavailable
   */
  publishAhead(event: LoggedEvent): Promise<Published | undefined>;

  /**
   * All events of these rooms are published that the log had at this moment (by performance.now()). In rooms whose events were
   * left to who reads the log the short cut is open again, unless more was left since.
   */
  caughtUp(rooms: readonly RoomId[], endSeenAt: number): Promise<void>;

  /** Says that these are stored, so their ids may be forgotten after a while. */
  confirm(events: readonly LoggedEvent[]): Promise<void>;

  /** The epoch for a room that is about to be made: with it the room's offsets begin at 1. */
  newEpoch(room: RoomId): Promise<string>;

  /** The newest published position of a room; epoch as in the store when the stream holds nothing yet. */
  head(room: RoomId): Promise<Position>;

  /** Published events after an offset, from the recent tail; undefined when the tail does not reach back that far. */
  tail(room: RoomId, after: number, limit: number, bounds?: TailBounds): Promise<EventRun | undefined>;

  /** Those in the recent tail after an offset: the store may not have the newest of them yet, and say what they delete. @throws ChatError unavailable */
  deletions(room: RoomId, after: number): Promise<readonly EventOf<"message.deleted">[]>;

  /** Runs arrive in order. They may have holes after a lost connection: the listener checks offsets and asks tail. */
  subscribe(room: RoomId, listener: RunListener): Promise<Unsubscribe>;
}

export type Unsubscribe = () => Promise<void>;
