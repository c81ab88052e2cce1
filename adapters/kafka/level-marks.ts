/**
 * The active level beside the log: a topic without records for each level that was reached, since making one that is there already changes
 * nothing, and their names are read in one call, without a group. And who reads the log.
 */
import type { Kafka } from "kafkajs";
import { unavailable } from "#domain/errors.ts";
import { firstLevel } from "#domain/levels.ts";
import type { LevelMarks, LogReaders } from "#domain/ports/index.ts";
import { within } from "./back-off.ts";
import { createClient, type KafkaSecurity } from "./client.ts";
import { groupOf } from "./message-log.ts";
import { withAdmin } from "./topics.ts";
import type { Report } from "./trouble.ts";

const answerWithinMs = 10_000;

export interface LevelMarksOptions {
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity;
  readonly clientId: string;
  readonly topic: string;
  /** Of the writers. */
  readonly groupId: string;
  readonly replicas: number;
  readonly report: Report;
}

/** Asks nobody yet, and keeps no connection. */
export function openLevelMarks(options: LevelMarksOptions): {
  readonly marks: LevelMarks;
  readonly readers: LogReaders;
} {
  const { topic, groupId, replicas } = options;
  const kafka = createClient(options);
  return {
    marks: createLevelMarks(kafka, topic, replicas),
    readers: createLogReaders(kafka, [groupId, groupOf(groupId, "bots")]),
  };
}

function createLevelMarks(kafka: Kafka, topic: string, replicas: number): LevelMarks {
  const nameOf = (level: number) => `${topic}.level-${level}`;
  return {
    highest: () =>
      asked("Reading the level", () =>
        withAdmin(kafka, async (admin) => {
          const names = new Set(await admin.listTopics());
          // Each has all below it: one that stands alone was made by somebody else.
          let level = firstLevel;
          while (names.has(nameOf(level + 1))) level += 1;
          return level;
        }),
      ),

    mark: (level) =>
      asked("Marking the level", () =>
        withAdmin(kafka, async (admin) => {
          for (let each = firstLevel + 1; each <= level; each++) {
            const wanted = { topic: nameOf(each), numPartitions: 1, replicationFactor: replicas };
            await admin.createTopics({ topics: [wanted], timeout: answerWithinMs, waitForLeaders: true });
          }
        }),
      ),
  };
}

/** @param groups of all who read it for good */
function createLogReaders(kafka: Kafka, groups: readonly string[]): LogReaders {
  return {
    names: () =>
      asked("Asking who reads", () =>
        withAdmin(kafka, async (admin) => {
          const found = await admin.describeGroups([...groups]);
          return found.groups.flatMap(({ members }) => members.map(({ clientId }) => clientId));
        }),
      ),
  };
}

async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await within(answerWithinMs, what, work());
  } catch (error) {
    throw unavailable("The log can't be reached: nobody can say which level there is, or who reads it.", error);
  }
}
