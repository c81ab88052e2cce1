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

  /** Delivers the log in order, a batch at a time, the next only after the handler has resolved. */
  consume(handler: (batch: readonly LoggedEvent[]) => Promise<void>): Promise<LogConsumer>;

  /** Puts aside an event that can't be processed, with the reason, so that the rest moves on. */
  deadLetter(event: LoggedEvent, reason: unknown): Promise<void>;
}

export interface LogConsumer {
  /** Finishes the batch in hand, then stops. */
  stop(): Promise<void>;
}
