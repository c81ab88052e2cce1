/** What the Kafka adapter tells whoever operates it. It writes no log itself: main.ts turns each of these into a line. */

export type KafkaTrouble =
  /** A send failed; the same records are sent again after the pause, before anything else. */
  | { readonly type: "send-failed"; readonly error: unknown; readonly records: number; readonly pauseMs: number }
  /** The client called a send done without an answer for these records; they are sent again. */
  | { readonly type: "send-unconfirmed"; readonly records: number }
  /** The handler failed, or the store did not say where the partition stands; tried again after the pause. */
  | { readonly type: "batch-failed"; readonly error: unknown; readonly partition: string; readonly pauseMs: number }
  /** A record of the topic is no event; it is in the dead-letter topic. */
  | { readonly type: "record-refused"; readonly reason: string; readonly source: string }
  /** Newer versions have written what this one can't read: it left the group, so that they take its partitions. */
  | { readonly type: "outdated"; readonly level: number; readonly source: string }
  /** The log does not go on where the reader stands: retention was too short, or the topic was made anew. */
  | { readonly type: "gap"; readonly partition: string; readonly expected: number; readonly found: number }
  /** The consumer ended and is opened again after the pause. */
  | { readonly type: "consumer-failed"; readonly error: unknown; readonly pauseMs: number }
  /** What the client library itself warns of. */
  | { readonly type: "client"; readonly level: "warn" | "error"; readonly message: string; readonly error?: string };

export type Report = (trouble: KafkaTrouble) => void;
