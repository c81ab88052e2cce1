/** Opens the message log on Kafka: makes its topics, and closes in the order that loses nothing. */
import { unavailable } from "#domain/errors.ts";
import type { Levels } from "#domain/ports/index.ts";
import { within } from "./back-off.ts";
import { createClient, type KafkaSecurity } from "./client.ts";
import { memberRetries } from "./consumer.ts";
import { type CommitLimits, createGroupCommit } from "./group-commit.ts";
import { createKafkaLog, type KafkaLog } from "./message-log.ts";
import { createTopicProducer } from "./producer.ts";
import type { OutgoingRecord } from "./record.ts";
import { ensureTopics, type TopicPlan, withAdmin } from "./topics.ts";
import type { Report } from "./trouble.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

export const kafkaDefaults = {
  /** Fixed for the life of the topic: as many as there may ever be writers at work at once. */
  partitions: 12,
  replicas: 1,
  minInSyncReplicas: 1,
  /** Longer than the store may ever be away: what is deleted before the writers have read it is lost. */
  retentionMs: 7 * DAY_MS,
  /** Per partition; no bound, since a bound on size deletes events that were not read yet when much is sent. */
  retentionBytes: -1,
  /** Dead letters wait for a person. */
  deadLetterRetentionMs: 30 * DAY_MS,
  /** How long to wait for the brokers before giving up. */
  startWithinMs: 60_000,
};

export interface KafkaOptions extends Partial<typeof kafkaDefaults> {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Readers of one group share the partitions; another group reads everything for itself. */
  readonly groupId: string;
  /** Default: the topic's name and `.dead-letters`. */
  readonly deadLetterTopic?: string;
  readonly clientId?: string;
  readonly security?: KafkaSecurity;
  readonly limits?: Partial<CommitLimits>;
  /** The request an append belongs to, for its record's header. */
  readonly requestId?: () => string | undefined;
  readonly report?: Report;
  /** Default: nobody writes more than this build reads. */
  readonly levels?: Pick<Levels, "mayExist">;
  /** Hears of how many events went to the topic in one send, whether it went well or not. */
  readonly onSend?: (events: number) => void;
}

export interface OpenKafka {
  readonly log: KafkaLog;
  /** Its readers finish what is in hand and leave the rest to others; those that come later read nothing. */
  standAside(): Promise<void>;
  /** @throws ChatError unavailable unless the brokers answer for the topic now */
  ready(): Promise<void>;
  /** Stops the readers after their batch, then waits until every append is durable or refused. */
  close(): Promise<void>;
}

const readyWithinMs = 3_000;

/** @throws WrongTopic when the topic is not as configured; the last failure when the brokers do not answer in time */
export async function openKafka({ brokers, topic, groupId, ...given }: KafkaOptions): Promise<OpenKafka> {
  const {
    clientId = "superchat",
    report = () => undefined,
    requestId = () => undefined,
    levels = { mayExist: async () => false },
  } = given;
  const deadLetterTopic = given.deadLetterTopic ?? `${topic}.dead-letters`;
  const settings = { ...kafkaDefaults, ...given };
  const { partitions, security, limits = {} } = settings;
  const kafka = createClient({ brokers, clientId, security, report });
  const createKafka = () => createClient({ brokers, clientId, security, report, retries: memberRetries });
  await ensureTopics(
    kafka,
    plansOf(topic, deadLetterTopic, settings),
    AbortSignal.timeout(settings.startWithinMs),
    report,
  );

  const producer = createTopicProducer(kafka, { topic, partitions, report });
  const deadProducer = createTopicProducer(kafka, { topic: deadLetterTopic, partitions: 1, report });
  const send = async (records: readonly OutgoingRecord[]) => {
    given.onSend?.(records.length);
    await producer.send(records);
  };
  const commit = createGroupCommit({ send, limits, report });
  const deadCommit = createGroupCommit({ send: deadProducer.send, limits, report });
  const log = createKafkaLog({ createKafka, topic, groupId, commit, deadCommit, requestId, levels, report });

  async function ready(): Promise<void> {
    try {
      const asked = withAdmin(kafka, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      await within(readyWithinMs, "Asking the brokers", asked);
    } catch (error) {
      throw unavailable("The log can't be reached.", error);
    }
  }

  async function close(): Promise<void> {
    await log.standAside();
    await Promise.all([commit.close(), deadCommit.close()]);
    await Promise.all([producer.close(), deadProducer.close()]);
  }

  return { log, standAside: log.standAside, ready, close };
}

function plansOf(topic: string, deadLetterTopic: string, settings: typeof kafkaDefaults): readonly TopicPlan[] {
  const { partitions, replicas, minInSyncReplicas, retentionMs, retentionBytes, deadLetterRetentionMs } = settings;
  const shared = { replicas, minInSyncReplicas };
  return [
    { ...shared, topic, partitions, retentionMs, retentionBytes },
    { ...shared, topic: deadLetterTopic, partitions: 1, retentionMs: deadLetterRetentionMs, retentionBytes: -1 },
  ];
}
