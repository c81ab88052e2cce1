/** The readable history and what is derived from it. */
import type { EventRun, RoomEvent } from "../events.ts";
import type { EventId, RoomId, UserId } from "../ids.ts";
import type { Message, TimelineEntry } from "../message.ts";
import type { Position } from "../room.ts";
import type { LogSpan } from "./message-log.ts";

/** An event the store already has, as far as a resend needs to know it. */
export interface StoredRef {
  readonly room: RoomId;
  readonly author: UserId;
  readonly offset: number;
  /** The event could not be stored: only its place is kept, and sending it again is no use. */
  readonly discarded: boolean;
}

/**
 * A window of offsets, both ends exclusive, read from its newer end (default) or its older end. It ends early, with the one that fills
 * `maxBytes` (as sizes.ts counts): no more is read than that.
 */
export interface OffsetWindow {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly maxBytes?: number | undefined;
  readonly from?: "newest" | "oldest";
}

/** A window of what a room shows. `limit` bounds all entries; so many messages end it before that, for notes may be many. */
export interface TimelineWindow extends OffsetWindow {
  readonly messages?: number;
}

export interface TimelineReading {
  readonly entries: readonly TimelineEntry[];
  /** The highest stored offset, where none of the maxReordered (domain/events.ts) up to it is missing: then nothing up to here is yet to be stored. */
  readonly wholeTo?: number;
}

/** The readable history: events at their offsets and what is derived from them (messages, mentions, memberships, topics). */
export interface EventStore {
  /**
   * Stores runs and their projections in one transaction, and with them where the log was read to, if `span` says so. An
   * event stored before at this very place changes nothing; an id that stands anywhere else can't be stored.
   * @throws ChatError unavailable (try again); FencedError when the position is not `span.from` any more; anything else
   *   means an event in it can't be stored.
   */
  write(runs: readonly EventRun[], span?: LogSpan): Promise<void>;

  /** Where the store stands in a partition of the log. */
  position(partition: string): Promise<number | undefined>;

  /** Concurrent calls are coalesced into one query. */
  find(id: EventId): Promise<StoredRef | undefined>;
  /** Those of many that are stored, by id, in one query. */
  findAll(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, StoredRef>>;

  /** Ascending by offset, whichever end was read first. What a message answers reads as it does now, with it. */
  events(room: RoomId, window: OffsetWindow): Promise<readonly RoomEvent[]>;
  messages(room: RoomId, window: OffsetWindow): Promise<readonly Message[]>;
  timeline(room: RoomId, window: TimelineWindow): Promise<TimelineReading>;

  /**
   * A message, what it answers (a bot's answer answers its question), what that answers and so on: at most `limit`, in one query.
   * Nothing of another room; it ends before what was deleted.
   */
  chain(room: RoomId, message: EventId, limit: number): Promise<readonly Message[]>;
  /** Answers of this author that have not ended, in no order. */
  growing(author: UserId, limit: number): Promise<readonly Message[]>;
  /** The newest messages that name this person, posted at `since` (RFC 3339) or later; oldest first. */
  naming(person: UserId, since: string, limit: number): Promise<readonly Message[]>;

  /** Epoch and highest stored offset. */
  head(room: RoomId): Promise<Position | undefined>;
}
