/** The producer over a client that answers as it is told: what the brokers did not confirm is never taken for written. */
import { expect, test } from "bun:test";
import {
  type ICustomPartitioner,
  type Kafka,
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  type Message,
  type PartitionMetadata,
  type ProducerConfig,
  type ProducerRecord,
} from "kafkajs";
import { RecordsRefused, SentInPart } from "./group-commit.ts";
import { createTopicProducer } from "./producer.ts";
import type { OutgoingRecord } from "./record.ts";
import type { KafkaTrouble } from "./trouble.ts";

type Answer = (sent: ProducerRecord, attempt: number) => readonly number[] | Promise<readonly number[]>;

/**
 * Answers each send that leaves with the partitions that are confirmed. Partitions go to the brokers that lead them, as
 * kafkajs has it: it asks the partitioner about all messages of a send before it asks any broker.
 */
function open(answer: Answer, leaderOf: (partition: number) => number = () => 1) {
  const sends: ProducerRecord[] = [];
  const troubles: KafkaTrouble[] = [];
  let producers = 0;
  const kafka = {
    producer: ({ createPartitioner }: ProducerConfig) => {
      producers += 1;
      const partitioner = createPartitioner?.() as ReturnType<ICustomPartitioner>;
      return {
        connect: async () => undefined,
        disconnect: async () => undefined,
        send: async (sent: ProducerRecord) => {
          const partitionMetadata = Array.from(
            { length: 12 },
            (_, partitionId) => ({ partitionId, leader: leaderOf(partitionId) }) as PartitionMetadata,
          );
          for (const message of sent.messages) partitioner({ topic: "t", message, partitionMetadata });
          sends.push(sent);
          return (await answer(sent, sends.length)).map((partition) => ({ partition, errorCode: 0 }));
        },
      };
    },
  } as unknown as Kafka;
  const report = (trouble: KafkaTrouble) => void troubles.push(trouble);
  const producer = createTopicProducer(kafka, { topic: "t", partitions: 12, report });
  return { producer, sends, troubles, producers: () => producers };
}

const record = (key: string): OutgoingRecord => ({ key, value: Buffer.from(key), headers: {} });
// On partitions 3, 6 and 0.
const records = ["abc", "foobar", "21"].map(record);
const all = ({ messages }: ProducerRecord) => messages.map(({ partition }) => partition ?? -1);
const keysOf = ({ messages }: { messages: readonly Message[] }) => messages.map(({ key }) => `${key}`);
const keys = (sends: ProducerRecord[]) => sends.map(keysOf);
const missingOf = async (send: Promise<void>) => {
  const error = await send.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(SentInPart);
  return (error as SentInPart).missing.map(({ key }) => key);
};

test("each record goes to the partition of its key, with acks from all replicas", async () => {
  const { producer, sends } = open(all);
  await producer.send(records);
  expect(sends.map(({ acks, topic }) => ({ acks, topic }))).toEqual([{ acks: -1, topic: "t" }]);
  expect(sends.flatMap(all)).toEqual([3, 6, 0]);
});

test("each leader gets a send of its own, also when others lead than at the send before", async () => {
  let leaders = (partition: number) => partition % 2;
  const { producer, sends } = open(all, (partition) => leaders(partition));
  await producer.send(records);
  expect(keys(sends)).toEqual([["abc"], ["foobar", "21"]]);
  leaders = (partition) => (partition > 3 ? 2 : 1);
  await producer.send(records);
  await producer.send(records);
  // The first time in what was gathered for the leaders of before, then in what belongs together.
  expect(keys(sends.slice(2))).toEqual([["abc"], ["foobar"], ["21"], ["abc", "21"], ["foobar"]]);
});

test("when one broker fails, what another has confirmed is not sent again", async () => {
  const { producer, sends, producers } = open(
    (sent, attempt) => {
      if (attempt === 1) throw new KafkaJSConnectionError("gone");
      return all(sent);
    },
    (partition) => partition % 2,
  );
  expect(await missingOf(producer.send(records))).toEqual(["abc"]);
  await producer.send(records.slice(0, 1));
  expect(keys(sends)).toEqual([["abc"], ["foobar", "21"], ["abc"]]);
  expect(producers()).toBe(1);
});

test("a failure waits for the answers of the other brokers", async () => {
  const gate = Promise.withResolvers<void>();
  const { producer } = open(
    async (sent, attempt) => {
      if (attempt === 1) throw new KafkaJSConnectionError("gone");
      await gate.promise;
      return all(sent);
    },
    (partition) => partition % 2,
  );
  let ended = false;
  const missing = missingOf(producer.send(records)).finally(() => {
    ended = true;
  });
  await Bun.sleep(1);
  expect(ended).toBe(false);
  gate.resolve();
  expect(await missing).toEqual(["abc"]);
});

test("a partition without an answer is told, and only that", async () => {
  const { producer, troubles } = open(() => [3, 0]);
  expect(await missingOf(producer.send(records))).toEqual(["foobar"]);
  expect(troubles).toEqual([{ type: "send-unconfirmed", records: 1 }]);
});

test("a send that nothing confirms is no success", async () => {
  const { producer } = open(() => []);
  expect(await missingOf(producer.send(records))).toEqual(["abc", "foobar", "21"]);
});

test("after a lost connection the same producer sends again, so that the broker knows what it has", async () => {
  const { producer, producers } = open((sent, attempt) => {
    if (attempt === 1) throw new KafkaJSConnectionError("gone");
    return all(sent);
  });
  expect(await missingOf(producer.send(records))).toHaveLength(3);
  await producer.send(records);
  expect(producers()).toBe(1);
});

test("a producer whose numbering the broker refuses is replaced", async () => {
  const { producer, producers } = open((sent, attempt) => {
    if (attempt === 1) throw new KafkaJSNonRetriableError("The broker received an out of order sequence number");
    return all(sent);
  });
  expect(await missingOf(producer.send(records))).toHaveLength(3);
  await producer.send(records);
  expect(producers()).toBe(2);
});

const tooLarge = () => Object.assign(new KafkaJSNonRetriableError("too large"), { type: "MESSAGE_TOO_LARGE" });

test("what the broker never takes is told apart: the other partitions of its request go alone, by the same producer", async () => {
  const { producer, sends, producers } = open((sent) => {
    if (keysOf(sent).includes("foobar")) throw tooLarge();
    return all(sent);
  });
  const refusal = producer.send(records);
  await expect(refusal).rejects.toBeInstanceOf(RecordsRefused);
  expect(await missingOf(refusal)).toEqual(["foobar"]);
  expect(keys(sends)).toEqual([["abc", "foobar", "21"], ["abc"], ["foobar"], ["21"]]);
  expect(producers()).toBe(1);
});

test("what failed otherwise is sent again before what is refused is told apart", async () => {
  const { producer } = open(
    (sent) => {
      throw keysOf(sent).includes("foobar") ? tooLarge() : new KafkaJSConnectionError("gone");
    },
    (partition) => partition % 2,
  );
  const failure = producer.send(records);
  expect(await missingOf(failure)).toEqual(records.map(({ key }) => key));
  await expect(failure).rejects.not.toBeInstanceOf(RecordsRefused);
});
