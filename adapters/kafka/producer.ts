/**
 * One idempotent producer for one topic: acks from all in-sync replicas, and nothing believed that the answer does not say.
 * Its callers send one batch at a time. A producer whose numbering can't be trusted any more is replaced by a new one, which
 * may write a record twice, and never loses one: readers know events by their id.
 */
import { type Kafka, Partitioners, type Producer, type RecordMetadata } from "kafkajs";
import { within } from "./back-off.ts";
import { isRetriable, protocolTypeOf, requestTimeoutMs, retry } from "./client.ts";
import { RecordsRefused } from "./group-commit.ts";
import { partitionOf } from "./partitions.ts";
import type { OutgoingRecord } from "./record.ts";
import type { Report } from "./trouble.ts";

/** How long the broker may wait for its replicas. */
const replicasTimeoutMs = 8_000;
/** A send that is neither done nor failed after this long hangs; its producer is given up. */
export const sendLimitMs = 6 * requestTimeoutMs;
/** Answers that no repetition changes. */
const finalAnswers = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD", "INVALID_TIMESTAMP"]);

export interface TopicProducer {
  /** @throws RecordsRefused when some of these can never be written; anything else: not known to be durable, send again */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

interface Addressed extends OutgoingRecord {
  readonly partition: number;
}

export interface ProducerOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly report: Report;
}

export function createTopicProducer(kafka: Kafka, { topic, partitions, report }: ProducerOptions): TopicProducer {
  const address = remembered((key) => partitionOf(key, partitions));
  let producer: Producer | undefined;

  async function send(records: readonly OutgoingRecord[]): Promise<void> {
    await write(records.map((record) => ({ ...record, partition: address(record.key) })));
  }

  async function write(records: readonly Addressed[]): Promise<void> {
    const missing = unconfirmed(records, await attempt(records));
    if (missing.length === 0) return;
    // When a leader fails over in the middle of a send, kafkajs takes the answer of a broker that was already asked for the
    // answer to everything that broker now leads. Partitions go whole, so their numbering stays as it was.
    report({ type: "send-unconfirmed", records: missing.length });
    if (missing.length === records.length) throw new Error("The brokers confirmed none of the records.");
    await write(missing);
  }

  async function attempt(records: readonly Addressed[]): Promise<readonly RecordMetadata[]> {
    const open = await opened();
    try {
      const messages = records.map(({ key, value, headers, partition }) => ({
        key,
        value,
        headers: { ...headers },
        partition,
      }));
      const sent = open.send({ topic, messages, acks: -1, timeout: replicasTimeoutMs });
      return await within(sendLimitMs, "A send", sent);
    } catch (error) {
      if (!isRetriable(error)) await giveUp(open);
      if (finalAnswers.has(protocolTypeOf(error) ?? ""))
        throw new RecordsRefused("The broker refuses it.", { cause: error });
      throw error;
    }
  }

  async function opened(): Promise<Producer> {
    if (producer !== undefined) return producer;
    const fresh = kafka.producer({
      idempotent: true,
      // A send needs one request per broker; the next send waits for this one.
      maxInFlightRequests: 5,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry,
    });
    try {
      await within(sendLimitMs, "Connecting", fresh.connect());
    } catch (error) {
      await leave(fresh);
      throw error;
    }
    producer = fresh;
    return fresh;
  }

  async function giveUp(old: Producer): Promise<void> {
    if (producer === old) producer = undefined;
    await leave(old);
  }

  async function close(): Promise<void> {
    if (producer !== undefined) await giveUp(producer);
  }

  return { send, close };
}

function unconfirmed(records: readonly Addressed[], answers: readonly RecordMetadata[]): readonly Addressed[] {
  const confirmed = new Set(answers.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
  return records.filter(({ partition }) => !confirmed.has(partition));
}

const leaveLimitMs = 3_000;

async function leave(producer: Producer): Promise<void> {
  try {
    await within(leaveLimitMs, "Disconnecting", producer.disconnect());
  } catch {
    // Its connections are gone or will be: nothing is sent through it any more.
  }
}

/** Most keys whose partition is kept; the oldest are forgotten and worked out again. */
const maxRemembered = 10_000;

function remembered(work: (key: string) => number): (key: string) => number {
  const known = new Map<string, number>();
  return (key) => {
    const answer = known.get(key) ?? work(key);
    if (known.size >= maxRemembered) known.clear();
    known.set(key, answer);
    return answer;
  };
}
