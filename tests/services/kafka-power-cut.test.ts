/** An ack means that it is on the disk in a cluster as well, where one broker is all there is. */
import { expect, test } from "bun:test";
import { startKafka } from "../../scripts/services/kafka.ts";
import { cutPower, type Hurt } from "../support/power-cuts.ts";
import { createRawKafka } from "../support/raw-kafka.ts";
import { readRecords } from "../support/raw-topic.ts";

const limitMs = 400_000;

const oneBroker: Hurt = {
  program: (folder) => ["tests/support/acking-kafka.ts", folder],
  async ids(folder) {
    await using kafka = await startKafka({ folder });
    const records = await readRecords(createRawKafka({ brokers: [...kafka.brokers] }), "room-events");
    return new Set(records.map(({ text }) => JSON.parse(text).id));
  },
};

test(
  "one broker: in five cuts nothing acknowledged is lost",
  async () => {
    const { cuts, acked, losses } = await cutPower(oneBroker, 5);
    console.log(`${cuts} cuts, ${acked} acknowledged`);
    expect(losses).toEqual([]);
    expect(acked).toBeGreaterThan(100);
  },
  limitMs,
);
