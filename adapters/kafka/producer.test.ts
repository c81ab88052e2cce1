/** The producer over a client that answers as it is told: what the brokers did not confirm is never taken for written. */
import { expect, test } from "bun:test";
import { type Kafka, KafkaJSConnectionError, KafkaJSNonRetriableError, type ProducerRecord } from "kafkajs";
import { RecordsRefused } from "./group-commit.ts";
import { createTopicProducer } from "./producer.ts";
import type { OutgoingRecord } from "./record.ts";
import type { KafkaTrouble } from "./trouble.ts";

type Answer = (sent: ProducerRecord, attempt: number) => readonly number[];

/** Answers each send with the partitions that are confirmed. */
function open(answer: Answer) {
  const sends: ProducerRecord[] = [];
  const troubles: KafkaTrouble[] = [];
  let producers = 0;
  const kafka = {
    producer: () => {
      producers += 1;
      return {
        connect: async () => undefined,
        disconnect: async () => undefined,
        send: async (sent: ProducerRecord) => {
          sends.push(sent);
          return answer(sent, sends.length).map((partition) => ({ partition, errorCode: 0 }));
        },
      };
    },
  } as unknown as Kafka;
  const report = (trouble: KafkaTrouble) => void troubles.push(trouble);
  const producer = createTopicProducer(kafka, { topic: "t", partitions: 12, report });
  return { producer, sends, troubles, producers: () => producers };
}

const records: OutgoingRecord[] = ["abc", "foobar", "21"].map((key) => ({ key, value: Buffer.from(key), headers: {} }));
const all = ({ messages }: ProducerRecord) => messages.map(({ partition }) => partition ?? -1);
const keys = (sends: ProducerRecord[]) => sends.map(({ messages }) => messages.map(({ key }) => key));

test("each record goes to the partition of its key, with acks from all replicas", async () => {
  const { producer, sends } = open(all);
  await producer.send(records);
  expect(sends.map(({ acks, topic }) => ({ acks, topic }))).toEqual([{ acks: -1, topic: "t" }]);
  expect(sends.flatMap(all)).toEqual([3, 6, 0]);
});

test("a partition without an answer is sent again, whole and alone", async () => {
  const { producer, sends, troubles } = open((sent, attempt) => (attempt === 1 ? [3, 0] : all(sent)));
  await producer.send(records);
  expect(keys(sends)).toEqual([["abc", "foobar", "21"], ["foobar"]]);
  expect(troubles).toEqual([{ type: "send-unconfirmed", records: 1 }]);
});

test("a send that nothing confirms is no success", async () => {
  const { producer } = open(() => []);
  await expect(producer.send(records)).rejects.toThrow("confirmed none");
});

test("after a lost connection the same producer sends again, so that the broker knows what it has", async () => {
  const { producer, producers } = open((sent, attempt) => {
    if (attempt === 1) throw new KafkaJSConnectionError("gone");
    return all(sent);
  });
  await expect(producer.send(records)).rejects.toThrow("gone");
  await producer.send(records);
  expect(producers()).toBe(1);
});

test("a producer whose numbering the broker refuses is replaced", async () => {
  const { producer, producers } = open((sent, attempt) => {
    if (attempt === 1) throw new KafkaJSNonRetriableError("The broker received an out of order sequence number");
    return all(sent);
  });
  await expect(producer.send(records)).rejects.toThrow("out of order");
  await producer.send(records);
  expect(producers()).toBe(2);
});

test("what the broker never takes is told apart", async () => {
  const { producer } = open(() => {
    throw Object.assign(new KafkaJSNonRetriableError("too large"), { type: "MESSAGE_TOO_LARGE" });
  });
  await expect(producer.send(records)).rejects.toThrow(RecordsRefused);
});
