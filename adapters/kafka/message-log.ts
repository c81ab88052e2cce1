/**
 * The message log of the cluster: an append resolves when all in-sync replicas have the event, and readers take a partition
 * from where their store stands.
 */
import type { Kafka } from "kafkajs";
import type { LoggedEvent } from "#domain/events.ts";
import type { BatchHandler, ConsumeOptions, Levels, LogConsumer, MessageLog } from "#domain/ports/index.ts";
import { startConsumer } from "./consumer.ts";
import { createDeadLetters } from "./dead-letters.ts";
import type { GroupCommit } from "./group-commit.ts";
import { encodeEvent, requestOf } from "./record.ts";
import type { Report } from "./trouble.ts";

export interface KafkaLog extends MessageLog {
  /** What waits to become durable. */
  held(): { readonly records: number; readonly bytes: number };
  /** Records of the readers' partitions that the log had at the last fetch and that were not taken yet. */
  behind(): number;
}

export interface KafkaLogParts {
  /** A client of its own for each reader. */
  readonly createKafka: () => Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly commit: GroupCommit;
  readonly deadCommit: GroupCommit;
  readonly requestId: () => string | undefined;
  readonly levels: Pick<Levels, "mayExist">;
  readonly report: Report;
}

/** `standAside`: the readers finish what is in hand, and nothing is read any more. */
export function createKafkaLog(parts: KafkaLogParts): KafkaLog & { standAside(): Promise<void> } {
  const { createKafka, topic, groupId, commit, deadCommit, requestId, levels, report } = parts;
  const deadLetters = createDeadLetters(deadCommit);
  const consumers = new Set<Promise<LogConsumer>>();
  const behind = new Map<string, number>();
  let aside = false;

  async function consume(handler: BatchHandler, { group, positions }: ConsumeOptions = {}): Promise<LogConsumer> {
    if (aside) return { stop: async () => undefined };
    const options = { groupId: group === undefined ? groupId : groupOf(groupId, group), handler, positions };
    const starting = startConsumer(createKafka, { topic, ...options, deadLetters, levels, behind, report });
    consumers.add(starting);
    const consumer = await starting;
    return {
      async stop() {
        await consumer.stop();
        consumers.delete(starting);
      },
    };
  }

  async function deadLetter(event: LoggedEvent, reason: unknown): Promise<void> {
    await deadLetters.put({ ...encodeEvent(event), reason });
  }

  return {
    append: (event) => commit.append(encodeEvent(event, requestId())),
    consume,
    deadLetter,
    requestOf,
    behind: () => [...behind.values()].reduce((sum, records) => sum + records, 0),
    held: () => commit.held(),
    standAside: async () => {
      aside = true;
      await Promise.all([...consumers].map(async (consumer) => (await consumer).stop()));
    },
  };
}

/** Of other readers than the writers. */
export function groupOf(writers: string, group: NonNullable<ConsumeOptions["group"]>): string {
  return `${writers}.${group}`;
}
