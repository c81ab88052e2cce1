/**
 * One member of a consumer group, from its start until it is stopped. kafkajs restarts after failures it takes for passing;
 * after any other this opens a new member, so that a reader never stays silently dead.
 */
import type { Consumer, Kafka } from "kafkajs";
import { pause, pauseAfter } from "./back-off.ts";
import { retry } from "./client.ts";
import { createReader, type ReaderOptions } from "./reader.ts";

/** A member that is silent for this long is dead: its partitions go to the others. */
export const sessionTimeoutMs = 10_000;
const heartbeatIntervalMs = 1_000;
/** How long the others wait for a member to finish its batch and join again. */
const rebalanceTimeoutMs = 10_000;
/** How long a fetch waits for the first record; also what a stop may wait for. */
const fetchWaitMs = 250;
/** Memory: what one fetch brings at most. */
const fetchBytes = 8 * 1024 * 1024;
const fetchBytesPerPartition = 1024 * 1024;

export interface ConsumerOptions extends Omit<ReaderOptions, "stop"> {
  readonly groupId: string;
}

export interface LogConsumer {
  /** Finishes the batch in hand, then stops. */
  stop(): Promise<void>;
}

/** Returns when it is a member of its group, or when the brokers did not let it be one yet: then it keeps trying. */
export async function startConsumer(kafka: Kafka, options: ConsumerOptions): Promise<LogConsumer> {
  const { topic, groupId, report } = options;
  const stopping = new AbortController();
  let member: Consumer | undefined;
  let opening: Promise<void> = Promise.resolve();
  let failures = 0;

  async function open(): Promise<void> {
    const fresh = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytes: fetchBytes,
      maxBytesPerPartition: fetchBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: { ...retry, restartOnFailure: async () => !stopping.signal.aborted },
    });
    member = fresh;
    const reader = createReader(fresh, { ...options, stop: stopping.signal });
    fresh.on(fresh.events.GROUP_JOIN, ({ payload }) => {
      // kafkajs forgets a start that is under way when it is stopped. Throwing here ends it.
      if (stopping.signal.aborted) throw new Error("This consumer was stopped before it had joined.");
      failures = 0;
      reader.assign(payload.memberAssignment[topic] ?? []);
    });
    fresh.on(fresh.events.CRASH, ({ payload }) => {
      if (!payload.restart && !stopping.signal.aborted && member === fresh) opening = reopen(payload.error);
    });
    await fresh.connect();
    await fresh.subscribe({ topics: [topic], fromBeginning: true });
    // One batch at a time, whatever its partition: that is what the port promises its handler.
    await fresh.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: reader.take });
  }

  async function reopen(error: unknown): Promise<void> {
    await retreat(error);
    await keepOpening();
  }

  async function keepOpening(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        return await open();
      } catch (error) {
        await retreat(error);
      }
    }
  }

  async function retreat(error: unknown): Promise<void> {
    failures += 1;
    const pauseMs = pauseAfter(failures);
    report({ type: "consumer-failed", error, pauseMs });
    await leave();
    await pause(pauseMs, stopping.signal);
  }

  async function leave(): Promise<void> {
    await member?.disconnect().catch(() => undefined);
    member = undefined;
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await leave();
    await opening;
    await leave();
  }

  opening = keepOpening();
  await opening;
  return { stop };
}
