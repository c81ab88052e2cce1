/** A record that somebody puts into the log who reaches it: of a level, with what an event of it would say. */
import { levelHeader } from "#adapters/kafka/record.ts";
import { samplePost } from "../contract/samples.ts";
import type { Place } from "../delivery/place.ts";

export async function forge(
  { kafka, topic }: Pick<Place, "kafka" | "topic">,
  room: string,
  level: number,
): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const value = JSON.stringify({ ...samplePost(room as never, "forged"), level });
  await producer.send({ topic, messages: [{ key: room, value, headers: { [levelHeader]: `${level}` } }] });
  await producer.disconnect();
}
