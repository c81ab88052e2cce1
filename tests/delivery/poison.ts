/** Records that no gateway writes, put right into the topic: what is no event, and events that the store refuses. */
import { until } from "../support/wait.ts";
import type { World } from "./world.ts";

export async function poison({ kafka, topic, rooms, random, poisons }: World): Promise<void> {
  const room = rooms[Math.floor(random() * rooms.length)] ?? "";
  const id = () => {
    const fresh = Bun.randomUUIDv7();
    poisons.push(fresh);
    return fresh;
  };
  const event = (changes: object) => JSON.stringify({ ...sample(room), id: id(), ...changes });
  const values = [
    Buffer.concat([Buffer.from(id()), Buffer.from([0, 255, 254, 128, 10])]),
    `{"id":"${id()}"`,
    event({ type: "message.exploded" }),
    event({ surprise: true }),
    // Postgres has no text with NUL.
    event({ text: "before\u0000after" }),
  ];
  const headers = { "superchat-version": "1" };
  const nowhere = Bun.randomUUIDv7();
  const messages = [
    ...values.map((value) => ({ key: room, value, headers })),
    { key: nowhere, value: JSON.stringify({ ...sample(nowhere), id: id() }), headers },
    { key: room, value: event({}), headers: { "superchat-version": "99" } },
  ];
  // In a pair the brokers may be away. Twice is as good as once.
  const send = async () => {
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    try {
      await producer.connect();
      await producer.send({ topic, messages });
      return true;
    } finally {
      await producer.disconnect();
    }
  };
  await until(send, { deadlineMs: 120_000, what: "Kafka to take the poison" });
}

function sample(room: string) {
  const author = { id: Bun.randomUUIDv7(), name: "nobody" };
  return { room, author, at: new Date().toISOString(), type: "message.posted", text: "poison", mentions: [] };
}
