/**
 * What happened in a run, as plain data: what people sent and were told, what each reader was shown, and what Postgres, the
 * HTTP API and Kafka hold at the end. The checker judges it; nothing here knows the product.
 */

/** Times are milliseconds since 1970 by the clock of the process that runs the test. */
export type TimeMs = number;

export interface Send {
  readonly id: string;
  readonly room: string;
  readonly author: string;
  readonly text: string;
  readonly by: string;
  readonly firstTriedAt: TimeMs;
  tries: number;
  /** When it was acked for the first time. */
  ackedAt?: TimeMs;
  /** The code of a refusal that no repetition changes. */
  refused?: string;
}

/** An event at its place, as the store, the API or a reader has it. */
export interface PlacedEvent {
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly author: string;
  /** Of a message, else empty. */
  readonly text: string;
}

export interface StoredEvent extends PlacedEvent {
  readonly room: string;
  /** By the clock of the gateway that took it. */
  readonly at: TimeMs;
  /** It names nobody, whatever its text says: so it is while the store can't tell who there is. */
  readonly namesNobody?: boolean;
  /** What a bot says: the question it answers. */
  readonly question?: string;
  /** … and whether that goes on. One that is refused has ended with its first words. */
  readonly grows?: boolean;
  /** Of an edit: which message says something else from here on, and what. */
  readonly edits?: { readonly message: string; readonly text: string };
}

/** What a reader was shown, in the order it came. Ids are known of messages only. */
export type Shown =
  | { readonly type: "read"; readonly epoch: string; readonly events: readonly Mark[] }
  | {
      readonly type: "live";
      readonly epoch: string;
      readonly from: number;
      readonly to: number;
      readonly messages: readonly Mark[];
    }
  /** The reader was told to read anew. */
  | { readonly type: "reset" };

export interface Mark {
  readonly offset: number;
  /** Empty for what is no message. */
  readonly id: string;
}

export interface Reader {
  readonly name: string;
  readonly room: string;
  readonly shown: readonly Shown[];
  /** The reader left the room with this event and may see nothing after it. Otherwise it stays to the end. */
  readonly leftWith?: string;
}

/** Anything of a room that somebody outside of it was given. */
export interface Leak {
  readonly who: string;
  readonly room: string;
  readonly what: string;
}

export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** What is no event has none. */
  readonly id: string | undefined;
}

export interface History {
  readonly startedAt: TimeMs;
  readonly rooms: readonly string[];
  readonly sends: readonly Send[];
  readonly readers: readonly Reader[];
  readonly leaks: readonly Leak[];
  /** When Redis began without what it had: each may begin a new epoch in each room. */
  readonly lives: readonly TimeMs[];
  /** While these lasted, Redis and the processes that use it were in trouble together: ADR 6 promises no order across them. */
  readonly unordered: readonly { readonly from: TimeMs; readonly to: TimeMs }[];
  /** Ids of records that were put into the log to be refused. */
  readonly poisons: readonly string[];
  /** Rows of room_events in the order of room and offset. */
  readonly stored: readonly StoredEvent[];
  /** Rows of messages. */
  readonly messages: readonly { readonly room: string; readonly offset: number; readonly id: string; text: string }[];
  /** What the API answers for each room, from its first event to its last. */
  readonly api: ReadonlyMap<string, readonly PlacedEvent[]>;
  readonly log: readonly LogRecord[];
  /** By partition: how far the store says it has read, and where the log ends. */
  readonly positions: readonly { readonly partition: number; readonly stored: number; readonly end: number }[];
  readonly deadLetters: readonly { readonly text: string; readonly reason: string }[];
}
