/** Makes the topics where they are missing, and refuses one whose number of partitions is not the configured one. */
import type { Admin, Kafka } from "kafkajs";
import { pause, pauseAfter } from "./back-off.ts";
import type { Report } from "./trouble.ts";

/** What a topic is made with. An existing topic keeps what it has: its retention belongs to its operator. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly minInSyncReplicas: number;
  /** Records older than this may be deleted; -1 keeps them. */
  readonly retentionMs: number;
  /** Per partition: beyond this the oldest are deleted, whatever their age; -1 keeps them. */
  readonly retentionBytes: number;
}

/** The topic can't be used as it is configured: waiting does not help. */
export class WrongTopic extends Error {
  override readonly name = "WrongTopic";
}

const createTimeoutMs = 5_000;
/** A segment is deleted as a whole: so a record stays for at most this much longer than its retention, also in a quiet partition. */
const segmentMs = 24 * 3_600_000;

/** Tries until the brokers answer. @throws WrongTopic, or the last failure when `stop` says that it is time to give up */
export async function ensureTopics(kafka: Kafka, plans: readonly TopicPlan[], stop: AbortSignal, report: Report) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await withAdmin(kafka, async (admin) => {
        for (const plan of plans) await ensureTopic(admin, plan);
      });
    } catch (error) {
      if (error instanceof WrongTopic || stop.aborted) throw error;
      report({ type: "client", level: "warn", message: "The brokers do not answer yet.", error: String(error) });
      await pause(pauseAfter(failures), stop);
    }
  }
}

async function ensureTopic(admin: Admin, plan: TopicPlan): Promise<void> {
  const { topic, partitions } = plan;
  const found = (await countPartitions(admin, topic)) ?? (await create(admin, plan));
  if (found !== partitions) {
    throw new WrongTopic(
      `The topic ${topic} has ${found} partitions, and ${partitions} are configured. The number must not change while ` +
        "the topic has events, or a room's events would part and lose their order: configure " +
        `${found}, or let the writers read everything and make a new topic.`,
    );
  }
}

async function create(admin: Admin, plan: TopicPlan): Promise<number> {
  const { topic, partitions, replicas, minInSyncReplicas, retentionMs, retentionBytes } = plan;
  // A broker answers from memory. What no other has as well must be on its disk first, or a power cut takes it.
  const config = {
    "cleanup.policy": "delete",
    "min.insync.replicas": minInSyncReplicas,
    ...(minInSyncReplicas === 1 ? { "flush.messages": 1 } : {}),
    "retention.ms": retentionMs,
    "retention.bytes": retentionBytes,
    "segment.ms": segmentMs,
  };
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value: String(value) }));
  const wanted = { topic, numPartitions: partitions, replicationFactor: replicas, configEntries };
  await admin.createTopics({ topics: [wanted], timeout: createTimeoutMs, waitForLeaders: true });
  const made = await countPartitions(admin, topic);
  if (made === undefined) throw new Error(`The topic ${topic} was made, but the brokers do not show it yet.`);
  return made;
}

/** @returns undefined when there is no such topic. Asks for all: a broker may make a topic that is asked for by name. */
async function countPartitions(admin: Admin, topic: string): Promise<number | undefined> {
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics.find(({ name }) => name === topic)?.partitions.length;
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
