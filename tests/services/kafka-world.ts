/** A real broker with topics of their own per test, and a store that keeps positions as the writer's will: by compare-and-set. */
import { Kafka, logLevel, type Message } from "kafkajs";
import { type KafkaOptions, type OpenKafka, openKafka } from "#adapters/kafka/open.ts";
import type { KafkaTrouble } from "#adapters/kafka/trouble.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { LogSpan } from "#domain/ports/index.ts";
import { type KafkaService, startKafka } from "../../scripts/services/kafka.ts";
import { type RawRecord, readRecords } from "../support/raw-topic.ts";

export interface KafkaWorld extends AsyncDisposable {
  readonly service: KafkaService;
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

export async function openKafkaWorld(): Promise<KafkaWorld> {
  const service = await startKafka();
  const troubles: KafkaTrouble[] = [];
  const opened: OpenKafka[] = [];
  const retry = { retries: 10, initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
  const client = new Kafka({ brokers: [...service.brokers], clientId: "raw", logLevel: logLevel.NOTHING, retry });

  async function open(options: Partial<KafkaOptions> = {}): Promise<OpenKafka> {
    const report = (trouble: KafkaTrouble) => void troubles.push(trouble);
    const names = { topic: uniqueTopic(), groupId: `writers-${Bun.randomUUIDv7()}` };
    const kafka = await openKafka({ brokers: service.brokers, ...names, report, ...options });
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
    await service.stop();
  }

  return {
    service,
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
