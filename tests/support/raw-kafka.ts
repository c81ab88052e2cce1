/** Kafka as any other program reaches it, with none of our settings. It is told of failures, not of what happens meanwhile. */
import { Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { calmRequestQueues } from "#adapters/kafka/request-queue.ts";

export function createRawKafka(config: KafkaConfig): Kafka {
  // Else it looks at its empty queues every millisecond, and Bun warns of the negative time it waits for.
  calmRequestQueues();
  return new Kafka({ logLevel: logLevel.NOTHING, ...config });
}
