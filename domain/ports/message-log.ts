/** The log: where an event becomes durable. */
import type { LoggedEvent } from "../events.ts";

/** Where an event becomes durable (Kafka in the cluster; the store's own commit in standalone mode). */
export interface MessageLog {
  /**
   * Resolves once the event is durable: from here on it is never lost and may be acked.
   * Concurrent appends are grouped; appends of one caller in one room keep their order.
   * @throws ChatError unavailable when the log can't take it within its deadline. The event may then still
   *   become durable: the sender tries again with the same id.
   */
  append(event: LoggedEvent): Promise<void>;

  /**
   * Delivers each partition in order, its next batch only after the handler has resolved; a few batches of different
   * partitions may be in the handler at once. A batch whose handler failed is delivered again, if the store still stands
   * where it did. The writers' group misses nothing ever; another one, in a log that ends with its process, misses what
   * was not handled before.
   */
  consume(handler: BatchHandler, options?: ConsumeOptions): Promise<LogConsumer>;

  /** Puts aside an event that can't be processed, with the reason, so that the rest moves on. */
  deadLetter(event: LoggedEvent, reason: unknown): Promise<void>;

  /** The id of the request by which a delivered event came to the log, where that was kept. For log lines only. */
  requestOf?(event: LoggedEvent): string | undefined;
}

/** Which part of which partition a batch is: `from` is where the store stood, `to` where it stands with this batch. */
export interface LogSpan {
  readonly partition: string;
  readonly from: number;
  readonly to: number;
  /** The partition ended at `to` at this moment (by performance.now()) or later. Undefined: it goes on, or that is not known. */
  readonly endSeenAt?: number | undefined;
}

/** A log that ends with its process has no spans. A batch may be empty when its records were put aside; its span counts. */
export type BatchHandler = (batch: readonly LoggedEvent[], span?: LogSpan) => Promise<void>;

export interface ConsumeOptions {
  /** Consumers of a group share the log, each group has all of it. Default: the writers. */
  readonly group?: "bots";
  /** Where a partition goes on according to the store; undefined when nothing of it was ever stored. */
  readonly positions?: (partition: string) => Promise<number | undefined>;
}

export interface LogConsumer {
  /** Finishes the batch in hand, then stops. */
  stop(): Promise<void>;
}
