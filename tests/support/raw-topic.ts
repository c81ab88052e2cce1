/** A topic as any other program reads it, from its first record to where it ends now. */
import type { Kafka } from "kafkajs";
import { until } from "./wait.ts";

/** A broker that has just come back does not lead its partitions at once. */
const endsWithinMs = 20_000;

export interface RawRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** By partition and offset. */
export async function readRecords(client: Kafka, topic: string): Promise<readonly RawRecord[]> {
  const ends = await until(() => endsOf(client, topic).catch(() => undefined), {
    what: "the ends of the partitions",
    deadlineMs: endsWithinMs,
  });
  const records: RawRecord[] = [];
  const done = Promise.withResolvers<void>();
  const missing = new Map(ends.filter(({ low, high }) => high > low).map(({ partition, high }) => [partition, high]));
  if (missing.size === 0) return [];
  const consumer = client.consumer({ groupId: `check-${Bun.randomUUIDv7()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const { offset, key, value, headers = {} } of messages) {
        const texts = Object.entries(headers).map(([name, header]) => [name, String(header)]);
        records.push({
          partition,
          offset: Number(offset),
          key: key?.toString() ?? "",
          text: value?.toString() ?? "",
          headers: Object.fromEntries(texts),
        });
        if (Number(offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
      }
      if (missing.size === 0) done.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return records.sort((one, other) => one.partition - other.partition || one.offset - other.offset);
}

async function endsOf(client: Kafka, topic: string) {
  const admin = client.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return ends.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
}
