/**
 * One member of a consumer group, from its start until it is stopped. kafkajs restarts after failures it takes for passing;
 * after any other this opens a new member, so that a reader never stays silently dead.
 */
import type { Consumer, Kafka } from "kafkajs";
import type { LogConsumer } from "#domain/ports/index.ts";
import { pause, pauseAfter, within } from "./back-off.ts";
import { retry } from "./client.ts";
import { createReader, type Reader, type ReaderOptions } from "./reader.ts";

/** A member that is silent for this long is dead: its partitions go to the others. */
export const sessionTimeoutMs = 10_000;
const heartbeatIntervalMs = 1_000;
/** How long the others wait for a member to finish its batch and join again. */
const rebalanceTimeoutMs = 10_000;
/**
 * About half a minute: a member that outlasts a short outage is the same member afterwards. One that gave up leaves its
 * predecessor in the group, and the group waits a session's time for it.
 */
export const memberRetries = 20;
/** How long a member may take to leave its group; while the brokers are away it can't. Its batch is finished all the same. */
const leaveLimitMs = 5_000;
/** How long a start waits to become a member before it goes on trying beside the rest. */
const joinLimitMs = 15_000;
/** How long a fetch waits for the first record; also what a stop may wait for. */
const fetchWaitMs = 250;
/** Memory: what one fetch brings at most. */
const fetchBytes = 8 * 1024 * 1024;
const fetchBytesPerPartition = 1024 * 1024;
/**
 * Batches in the handler at once, each of another partition: while the store takes one, the next is decoded and published.
 * More of them wait for the same processor.
 */
export const partitionsConsumedConcurrently = 3;

export interface ConsumerOptions extends Omit<ReaderOptions, "stop" | "onOutdated"> {
  readonly groupId: string;
}

interface Member {
  readonly consumer: Consumer;
  readonly reader: Reader;
  /** From here on it hands over nothing, and does not come back by itself. */
  readonly retire: () => void;
}

/** Returns when it is a member of its group, or when that takes long: then it keeps trying. */
export async function startConsumer(createKafka: () => Kafka, options: ConsumerOptions): Promise<LogConsumer> {
  const { topic, groupId, report } = options;
  const stopping = new AbortController();
  let member: Member | undefined;
  let leaving = Promise.resolve();
  let stopped: Promise<void> | undefined;
  let failures = 0;

  async function open(): Promise<void> {
    const retired = new AbortController();
    const consumer = createKafka().consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytes: fetchBytes,
      maxBytesPerPartition: fetchBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: { ...retry, retries: memberRetries, restartOnFailure: async () => !retired.signal.aborted },
    });
    const reader = createReader(consumer, { ...options, stop: retired.signal, onOutdated: () => void stop() });
    member = { consumer, reader, retire: () => retired.abort() };
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      // kafkajs forgets a start that is under way when it is stopped. Throwing here ends it.
      if (retired.signal.aborted) throw new Error("This consumer was stopped before it had joined.");
      failures = 0;
      reader.assign(payload.memberAssignment[topic] ?? []);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && !retired.signal.aborted) opening = reopen(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const eachBatch = reader.take;
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently, eachBatch });
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

  /** Also while it is leaving already, this returns when the batch in hand is done. */
  function leave(): Promise<void> {
    const left = member;
    member = undefined;
    if (left !== undefined) leaving = leaveGroup(left);
    return leaving;
  }

  async function leaveGroup({ retire, reader, consumer }: Member): Promise<void> {
    retire();
    await reader.idle();
    await within(leaveLimitMs, "Leaving the group", consumer.disconnect()).catch(() => undefined);
  }

  /** An outdated reader stops itself, and so does whoever closes what it works with: all of them wait for the same end. */
  function stop(): Promise<void> {
    stopped ??= end();
    return stopped;
  }

  async function end(): Promise<void> {
    stopping.abort();
    await leave();
    await within(leaveLimitMs, "Giving up joining", opening).catch(() => undefined);
  }

  let opening = keepOpening();
  await within(joinLimitMs, "Joining the group", opening).catch(() => undefined);
  return { stop };
}
