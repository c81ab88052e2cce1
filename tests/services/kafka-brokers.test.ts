/** The log on three brokers, of which one at a time is lost: everything is acked, and kept once, in order. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../support/wait.ts";
import { expectKeptOnce, startWriting } from "./kafka-load.ts";
import { createPositionStore, type KafkaWorld, uniqueTopic, useKafkaWorld } from "./kafka-world.ts";

setDefaultTimeout(180_000);

const replicated = { replicas: 3, minInSyncReplicas: 2 };
const goesOnWithinMs = 60_000;
const roomsInDanger = 6;
let world: KafkaWorld;
const unhandled = useKafkaWorld(
  (opened) => {
    world = opened;
  },
  { brokers: 3 },
);

test("each broker is killed with -9 in turn under load: sending goes on without it, and nothing acked is lost or doubled", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, ...replicated, limits: { appendDeadlineMs: 90_000 } });
  const store = createPositionStore();
  const reader = await log.consume(store.write, { positions: store.read });
  const writing = startWriting(log.append, 24, 80);
  const goesOn = async (what: string) => {
    const before = writing.acked.size;
    await until(() => writing.acked.size > before + 300, { what, deadlineMs: goesOnWithinMs });
  };
  for (const broker of world.nodes) {
    await goesOn(`load before ${broker.name} is killed`);
    await broker.kill("SIGKILL");
    await goesOn(`acks without ${broker.name}`);
    await broker.start();
    // The next may only go when this one holds everything again.
    await until(() => inSync(topic), { what: `${broker.name} to catch up`, deadlineMs: goesOnWithinMs });
  }
  await goesOn("load with all of them");
  await writing.stop();
  await until(() => store.events.length >= writing.acked.size, { what: "all stored", deadlineMs: goesOnWithinMs });
  await reader.stop();
  await expectKeptOnce(writing, world, topic, store);
});

// Neither enough copies, nor brokers enough to agree on who has one.
test("with one of three left nothing is acked, and what was taken is kept when a second one is back", async () => {
  const topic = uniqueTopic();
  const { log } = await world.open({ topic, ...replicated, limits: { appendDeadlineMs: 90_000 } });
  const writing = startWriting(log.append, roomsInDanger, 200);
  await until(() => writing.acked.size > 30, { what: "load" });
  const [, second, third] = world.nodes;
  await Promise.all([second!.kill("SIGKILL"), third!.kill("SIGKILL")]);
  // A request that was under way may still be answered.
  await Bun.sleep(1_000);
  const before = writing.acked.size;
  await Bun.sleep(5_000);
  expect(writing.acked.size).toBe(before);
  await Promise.all([second!.start(), third!.start()]);
  await until(() => writing.acked.size > before + 60, { what: "acks again", deadlineMs: goesOnWithinMs });
  await writing.stop();
  await expectKeptOnce(writing, world, topic);
});

test("nothing was rejected without being heard", () => {
  expect(unhandled).toEqual([]);
});

async function inSync(topic: string): Promise<boolean> {
  const admin = world.client.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === replicated.replicas));
  } finally {
    await admin.disconnect();
  }
}
