/**
 * Which partition a room's events are in. The mapping is ours, not the topic's: it follows from the room and the configured
 * number of partitions alone, so that a room never changes its partition and with it the order of its events.
 */
import { Partitioners } from "kafkajs";

/** Java's default for records with a key (murmur2), so that programs in other languages agree. */
const assign = Partitioners.DefaultPartitioner();

export function partitionOf(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ ...nobody, partitionId }));
  return assign({ topic: "", partitionMetadata, message: { key, value: null } });
}

const nobody = { partitionErrorCode: 0, leader: 0, replicas: [], isr: [] };

/** How a partition is called in `log_positions` and in reports. */
export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
