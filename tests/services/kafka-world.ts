/** A real broker with topics of their own per test, and a store that keeps positions as the writer's will: by compare-and-set. */
import { afterAll, beforeAll } from "bun:test";
import type { Kafka, Message } from "kafkajs";
import { type KafkaOptions, type OpenKafka, openKafka } from "#adapters/kafka/open.ts";
import type { KafkaTrouble } from "#adapters/kafka/trouble.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { LogSpan } from "#domain/ports/index.ts";
import { type KafkaBroker, startKafkaCluster } from "../../scripts/services/kafka.ts";
import { createRawKafka } from "../support/raw-kafka.ts";
import { type RawRecord, readRecords } from "../support/raw-topic.ts";

export interface KafkaWorld extends AsyncDisposable {
  /** The first broker, or the only one. */
  readonly service: KafkaBroker;
  readonly nodes: readonly KafkaBroker[];
  /** Where they are. */
  readonly brokers: readonly string[];
  /** Raw access, as of any other program. */
  readonly client: Kafka;
  open(options?: Partial<KafkaOptions>): Promise<OpenKafka>;
  send(topic: string, messages: Message[]): Promise<void>;
  /** Everything a topic holds now, by partition and offset. */
  readAll(topic: string): Promise<readonly RawRecord[]>;
  readonly troubles: KafkaTrouble[];
}

export function uniqueTopic(): string {
  return `room-events-${Bun.randomUUIDv7()}`;
}

const startMs = 300_000;

/**
 * Call it at the top of a test file: the world opens before its tests and closes after them.
 * @returns what was rejected without being heard, growing
 */
export function useKafkaWorld(opened: (world: KafkaWorld) => void, options?: WorldOptions): readonly unknown[] {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  let world: KafkaWorld | undefined;
  beforeAll(async () => {
    process.on("unhandledRejection", note);
    world = await openKafkaWorld(options);
    opened(world);
  }, startMs);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    process.off("unhandledRejection", note);
  }, startMs);
  return unhandled;
}

interface WorldOptions {
  /** Default: one. */
  readonly brokers?: number;
}

async function openKafkaWorld({ brokers: count = 1 }: WorldOptions = {}): Promise<KafkaWorld> {
  const { brokers, nodes, stop } = await startKafkaCluster({ brokers: count });
  const [service] = nodes;
  if (service === undefined) throw new Error("There is no broker.");
  const troubles: KafkaTrouble[] = [];
  const opened: OpenKafka[] = [];
  const retry = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
  const client = createRawKafka({ brokers: [...brokers], clientId: "raw", retry });

  async function open(options: Partial<KafkaOptions> = {}): Promise<OpenKafka> {
    const report = (trouble: KafkaTrouble) => void troubles.push(trouble);
    const names = { topic: uniqueTopic(), groupId: `writers-${Bun.randomUUIDv7()}` };
    const kafka = await openKafka({ brokers, ...names, report, ...options });
    opened.push(kafka);
    return kafka;
  }

  async function send(topic: string, messages: Message[]): Promise<void> {
    const producer = client.producer({ createPartitioner: () => () => 0, allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  async function close(): Promise<void> {
    await Promise.all(opened.map((kafka) => kafka.close()));
    await stop();
  }

  return {
    service,
    nodes,
    brokers,
    client,
    open,
    send,
    readAll: (topic) => readRecords(client, topic),
    troubles,
    [Symbol.asyncDispose]: close,
  };
}

/** What the writer's transaction will be: the events and the position together, or neither. */
export interface PositionStore {
  readonly events: readonly LoggedEvent[];
  readonly spans: readonly LogSpan[];
  readonly positions: Map<string, number>;
  /** Thrown instead of storing, when it answers something. */
  fault: (events: readonly LoggedEvent[], span: LogSpan) => unknown;
  write(events: readonly LoggedEvent[], span?: LogSpan): Promise<void>;
  read(partition: string): Promise<number | undefined>;
  of(room: RoomId): readonly string[];
}

export function createPositionStore(): PositionStore {
  const events: LoggedEvent[] = [];
  const spans: LogSpan[] = [];
  const positions = new Map<string, number>();
  const store: PositionStore = {
    events,
    spans,
    positions,
    fault: () => undefined,
    async write(batch, span) {
      if (span === undefined) throw new Error("This log says of every batch where it is from.");
      await Bun.sleep(1);
      const error = store.fault(batch, span);
      if (error !== undefined) throw error;
      const { partition, from, to } = span;
      if ((positions.get(partition) ?? 0) !== from) throw new Error(`fenced: ${partition} is not at ${from}`);
      positions.set(partition, to);
      spans.push({ partition, from, to });
      events.push(...batch);
    },
    read: async (partition) => positions.get(partition),
    of: (room) => events.filter((event) => event.room === room).map(({ id }) => id),
  };
  return store;
}
