/**
 * One idempotent producer for one topic: acks from all in-sync replicas, and nothing believed that the answer does not say.
 * Its callers send one batch at a time. Each request to a broker is a send of its own, so it is known of each whether it was
 * done: docs/adr/0007-kafka-log.md has why. A producer whose numbering can't be trusted any more is replaced by a new one,
 * which may write a record twice, and never loses one: readers know events by their id.
 */
import type { Kafka, Message, Producer } from "kafkajs";
import { within } from "./back-off.ts";
import { isRetriable, protocolTypeOf, requestTimeoutMs, retry } from "./client.ts";
import { RecordsRefused, SentInPart } from "./group-commit.ts";
import { createLeaders, LeaderMoved } from "./leaders.ts";
import { partitionOf } from "./partitions.ts";
import type { OutgoingRecord } from "./record.ts";
import type { Report } from "./trouble.ts";

/** How long the broker may wait for its replicas. */
const replicasTimeoutMs = 8_000;
/** A send that is neither done nor failed after this long hangs; its producer is given up. */
export const sendLimitMs = 6 * requestTimeoutMs;
/** Answers that no repetition changes. Nothing was written to the partition that got one. */
const finalAnswers = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD", "INVALID_TIMESTAMP"]);

export interface TopicProducer {
  /**
   * @throws RecordsRefused when the records it names can never be written together, and SentInPart when it is not known of those
   *   it names: send them again before any other record. The rest is durable either way.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A record on its way to a partition. */
interface Addressed {
  readonly record: OutgoingRecord;
  readonly partition: number;
}

/** What one request came to. */
interface Outcome {
  readonly missing: readonly Addressed[];
  readonly refused: readonly Addressed[];
  readonly errors: readonly unknown[];
}

const allWritten: Outcome = { missing: [], refused: [], errors: [] };

export interface ProducerOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly report: Report;
}

export function createTopicProducer(kafka: Kafka, { topic, partitions, report }: ProducerOptions): TopicProducer {
  const address = remembered((key) => partitionOf(key, partitions));
  const leaders = createLeaders();
  let producer: Producer | undefined;

  async function send(records: readonly OutgoingRecord[]): Promise<void> {
    const open = await opened();
    const outcome = await write(
      open,
      records.map((record) => ({ record, partition: address(record.key) })),
    );
    const { missing, refused, errors } = outcome;
    // Only now: the other requests needed it.
    if (errors.some((error) => !isFinal(error) && !isRetriable(error))) await giveUp(open);
    const [cause] = errors;
    if (missing.length > 0) throw new SentInPart(inOrder(records, [...missing, ...refused]), { cause });
    if (refused.length > 0) throw new RecordsRefused(inOrder(records, refused), { cause });
  }

  /** All partitions of one leader go in one request. Those of several go in several at once, of which each may fail alone. */
  async function write(open: Producer, records: readonly Addressed[]): Promise<Outcome> {
    const groups = [...Map.groupBy(records, ({ partition }) => leaders.of(partition)).values()];
    if (groups.length > 1) return await writeEach(open, groups);
    try {
      const sent = open.send({ topic, messages: records.map(toMessage), acks: -1, timeout: replicasTimeoutMs });
      const answers = await within(sendLimitMs, "A send", sent);
      const confirmed = new Set(answers.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
      const missing = records.filter(({ partition }) => !confirmed.has(partition));
      if (missing.length === 0) return allWritten;
      report({ type: "send-unconfirmed", records: missing.length });
      return { ...allWritten, missing };
    } catch (error) {
      // Nothing was sent, and it is known now who leads.
      if (LeaderMoved.isCauseOf(error)) return await write(open, records);
      if (!isFinal(error)) return { ...allWritten, missing: records, errors: [error] };
      const each = [...Map.groupBy(records, ({ partition }) => partition).values()];
      // What the others of the request have written is known by its numbers when each goes alone.
      if (each.length > 1) return await writeEach(open, each);
      return { ...allWritten, refused: records, errors: [error] };
    }
  }

  async function writeEach(open: Producer, groups: readonly (readonly Addressed[])[]): Promise<Outcome> {
    const outcomes = await Promise.all(groups.map((group) => write(open, group)));
    return {
      missing: outcomes.flatMap(({ missing }) => missing),
      refused: outcomes.flatMap(({ refused }) => refused),
      errors: outcomes.flatMap(({ errors }) => errors),
    };
  }

  function toMessage({ record: { key, value, headers }, partition }: Addressed): Message {
    return leaders.expect({ key, value, headers: { ...headers }, partition });
  }

  async function opened(): Promise<Producer> {
    if (producer !== undefined) return producer;
    const fresh = kafka.producer({
      idempotent: true,
      // A send needs one request per broker; the next send waits for this one.
      maxInFlightRequests: 5,
      allowAutoTopicCreation: false,
      createPartitioner: () => leaders.partitioner,
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

const isFinal = (error: unknown) => finalAnswers.has(protocolTypeOf(error) ?? "");

function inOrder(records: readonly OutgoingRecord[], some: readonly Addressed[]): readonly OutgoingRecord[] {
  const wanted = new Set(some.map(({ record }) => record));
  return records.filter((record) => wanted.has(record));
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
