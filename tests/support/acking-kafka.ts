/** A Kafka of one broker that is written to as fast as it goes: `bun acking-kafka.ts FOLDER`. Prints as acking.ts does. */
import { openKafka } from "#adapters/kafka/open.ts";
import { startKafka } from "../../scripts/services/kafka.ts";
import { samplePost, sampleRoom } from "../contract/samples.ts";

const writers = 16;
const [folder = ""] = process.argv.slice(2);
const { brokers } = await startKafka({ folder });
const { log } = await openKafka({ brokers, topic: "room-events", groupId: "writers" });
process.stdout.write("ready\n");
await Promise.all(Array.from({ length: writers }, write));

async function write(): Promise<void> {
  const room = sampleRoom();
  for (let n = 0; ; n++) {
    const post = samplePost(room, `${n} tea and biscuits for whoever is late`);
    await log.append(post);
    process.stdout.write(`${post.id}\n`);
  }
}
