/** Records that newer versions wrote, on a real Kafka: a reader that can't read them leaves them to who can, and forged ones stop nobody. */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { openLevelMarks } from "#adapters/kafka/level-marks.ts";
import { encodeEvent, levelHeader } from "#adapters/kafka/record.ts";
import { createLevelStore } from "#adapters/postgres/level-store.ts";
import { unavailable } from "#domain/errors.ts";
import { type JoinedVersions, joinVersions } from "#domain/join-versions.ts";
import { maxLevel, thisBuild } from "#domain/levels.ts";
import { samplePosts, sampleRoom } from "../contract/samples.ts";
import { freshDatabase } from "../support/test-database.ts";
import { until } from "../support/wait.ts";
import { idsOf } from "./kafka-load.ts";
import { createPositionStore, type KafkaWorld, uniqueTopic, useKafkaWorld } from "./kafka-world.ts";

setDefaultTimeout(60_000);

let world: KafkaWorld;
useKafkaWorld((opened) => {
  world = opened;
});
const newer = thisBuild.reads + 1;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const besideLog = (topic: string, groupId = "writers", clientId = "test") =>
  openLevelMarks({ brokers: world.brokers, topic, groupId, clientId, replicas: 1, report: () => undefined });

/** A process of this version, with a database and this log. */
async function joined(topic: string, onOutdated: (level: number) => void = () => undefined): Promise<JoinedVersions> {
  const database = await freshDatabase();
  ends.push(database.close);
  const own = { ...thisBuild, id: crypto.randomUUID(), name: "writer-1", role: "writer" };
  const levels = await joinVersions({
    ...{ store: createLevelStore(database), ...besideLog(topic), own, upgrade: "auto" as const },
    // The records speak first.
    beatEveryMs: 60_000,
    onOutdated,
    report: () => undefined,
  });
  ends.push(levels.close);
  return levels;
}

/** Two events of today around one of another level. */
async function topicWith(level: number) {
  const [topic, groupId] = [uniqueTopic(), uniqueTopic()];
  const { log } = await world.open({ topic, groupId, partitions: 1 });
  const [first, second] = samplePosts(sampleRoom(), 2);
  if (first === undefined || second === undefined) throw new Error("no samples");
  await log.append(first);
  const { key, value, headers } = encodeEvent(second);
  await world.send(topic, [{ key, value, headers: { ...headers, [levelHeader]: `${level}` } }]);
  await log.append(second);
  return { topic, groupId, first, second };
}

const lettersOf = (topic: string) => world.readAll(`${topic}.dead-letters`);

test("a record of a level that nobody writes is put aside with its level, and stops nobody", async () => {
  const { topic, groupId, first, second } = await topicWith(maxLevel);
  // Whoever can write to Kafka can make topics, one that names a level as well: alone it says nothing.
  const admin = world.client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: `${topic}.level-999999`, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const levels = await joined(topic);
  const { log } = await world.open({ topic, groupId, partitions: 1, levels });
  const store = createPositionStore();
  await log.consume(store.write, { positions: store.read });
  await until(() => store.events.length === 2, { what: "what can be read" });
  expect(idsOf(store.events)).toEqual(idsOf([first, second]));
  const letters = await lettersOf(topic);
  expect(letters.map(({ headers }) => `${headers?.[levelHeader]}`)).toEqual(["999999"]);
  expect(levels.isOutdated()).toBe(false);
});

test("a record of a level that newer versions write is left to them: nothing is put aside or passed over", async () => {
  const { topic, groupId, first } = await topicWith(newer);
  const outdated: number[] = [];
  const levels = await joined(topic, (level) => void outdated.push(level));
  // The level rose while this process stood still: the log says so alone.
  await besideLog(topic).marks.mark(newer);
  const { log } = await world.open({ topic, groupId, partitions: 1, levels });
  const store = createPositionStore();
  await log.consume(store.write, { positions: store.read });
  const said = () =>
    world.troubles.filter((trouble) => trouble.type === "outdated" && trouble.source.startsWith(topic));
  await until(() => said().length > 0, { what: "it to say so" });
  const admin = world.client.admin();
  await admin.connect();
  const members = async () => (await admin.describeGroups([groupId])).groups[0]?.members.length;
  await until(async () => (await members()) === 0, { what: "it to leave the group" });
  await admin.disconnect();
  expect(said()).toHaveLength(1);
  expect(outdated).toEqual([newer]);
  expect(idsOf(store.events).filter((id) => id !== first.id)).toEqual([]);
  expect([...store.positions.values()].filter((position) => position > 1)).toEqual([]);
  expect(await lettersOf(topic)).toEqual([]);

  // One that reads the level takes the partition over, and has everything that this one left.
  const taken: string[] = [];
  const capable = world.client.consumer({ groupId, sessionTimeout: 10_000 });
  await capable.connect();
  await capable.subscribe({ topics: [topic], fromBeginning: true });
  await capable.run({
    eachMessage: async ({ message }) => void taken.push(`${message.offset} ${message.headers?.[levelHeader]}`),
  });
  await until(() => taken.includes("2 1"), { deadlineMs: 30_000, what: "the rest to be taken over" });
  await capable.disconnect();
  const before = store.events.length === 1 ? ["0 1"] : [];
  expect([...new Set([...before, ...taken])]).toEqual(["0 1", `1 ${newer}`, "2 1"]);
});

test("while nobody can tell what the level is, the reader waits and goes on when somebody can", async () => {
  const { topic, groupId } = await topicWith(7);
  let known = false;
  const mayExist = async () => {
    if (!known) throw unavailable("away");
    return false;
  };
  const { log } = await world.open({ topic, groupId, partitions: 1, levels: { mayExist } });
  const store = createPositionStore();
  await log.consume(store.write, { positions: store.read });
  await until(() => world.troubles.some(({ type }) => type === "batch-failed"), { what: "a first try" });
  expect(await lettersOf(topic)).toEqual([]);
  known = true;
  await until(() => store.events.length === 2, { what: "the rest" });
  expect(await lettersOf(topic)).toHaveLength(1);
});

test("whoever comes to read after it was told to stand aside reads nothing", async () => {
  const { topic, groupId } = await topicWith(1);
  const { log, standAside } = await world.open({ topic, groupId, partitions: 1 });
  await standAside();
  const store = createPositionStore();
  await (await log.consume(store.write, { positions: store.read })).stop();
  const admin = world.client.admin();
  await admin.connect();
  expect((await admin.describeGroups([groupId])).groups[0]?.members ?? []).toEqual([]);
  await admin.disconnect();
  expect(store.events).toEqual([]);
});

test("levels are marked beside the log, again without harm, and the highest of an unbroken row counts", async () => {
  const topic = uniqueTopic();
  const { marks } = besideLog(topic);
  const other = besideLog(`${topic}.level-9.other`).marks;
  expect(await marks.highest()).toBe(1);
  await Promise.all([marks.mark(2), marks.mark(2), marks.mark(3)]);
  await marks.mark(2);
  expect(await marks.highest()).toBe(3);
  expect(await other.highest()).toBe(1);
  await other.mark(4);
  expect(await other.highest()).toBe(4);
});

test("who reads the log is seen by the name that it gave itself", async () => {
  const [topic, groupId] = [uniqueTopic(), uniqueTopic()];
  const { log } = await world.open({ topic, groupId, clientId: "writer-of-old" });
  const { readers } = besideLog(topic, groupId);
  const store = createPositionStore();
  await log.consume(store.write, { positions: store.read });
  await until(async () => (await readers.names()).includes("writer-of-old"), { what: "the reader to be seen" });
});
