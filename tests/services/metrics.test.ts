/** One message through the processes of a cluster: each counts it on its own port, and their lines name the same ids. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Partitioners } from "kafkajs";
import { openKafka } from "#adapters/kafka/open.ts";
import { encodeEvent } from "#adapters/kafka/record.ts";
import { samplePost, samplePosts, sampleRoom } from "../contract/samples.ts";
import { signUpPerson } from "../support/api-person.ts";
import { openLive } from "../support/live-page.ts";
import { createRawKafka } from "../support/raw-kafka.ts";
import { until } from "../support/wait.ts";
import { openServiceWorld, type RunningProcess, type ServiceWorld } from "./service-world.ts";

const startWithinMs = 180_000;

let world: ServiceWorld;
let gateway: RunningProcess & { readonly url: string };
let writer: RunningProcess;
beforeAll(async () => {
  world = await openServiceWorld();
  const env = { LOG_LEVEL: "debug" };
  writer = await world.startWriter(env);
  gateway = await world.startGateway({ ...env, JWT_SECRET: "s".repeat(48) });
}, startWithinMs);
afterAll(() => world?.[Symbol.asyncDispose](), startWithinMs);

async function read({ metricsUrl }: RunningProcess, name: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1],
  );
}

test("a message is counted where it passes, and its request and id are in the lines of both processes", async () => {
  const ana = await signUpPerson(gateway.url);
  const page = await openLive(gateway.url, { cookie: `superchat_access=${ana.token}`, query: "?room=lobby" });
  await page.frame(({ caughtUp }) => caughtUp);
  const sent = await ana.call(
    "POST",
    "/rooms/lobby/messages",
    { text: "hello" },
    { "x-request-id": "from-the-proxy-1" },
  );
  expect(sent.status).toBe(201);
  await until(() => page.html().includes("hello"), { what: "the message on the page" });

  expect(await read(gateway, "superchat_gateway_acked_messages_total")).toBe(1);
  expect(await read(gateway, "superchat_gateway_page_sockets")).toBe(1);
  expect(await read(gateway, "superchat_gateway_followed_rooms")).toBe(1);
  for (const hop of ["check", "append", "publish", "delivery"])
    expect(await read(gateway, `superchat_gateway_${hop}_seconds_count`)).toBeGreaterThan(0);
  expect(await read(gateway, "superchat_log_held_events")).toBe(0);
  expect(await read(gateway, "process_resident_memory_bytes")).toBeGreaterThan(0);
  expect((await fetch(`${writer.metricsUrl}/healthz`)).status).toBe(200);

  const inBoth = { requestId: "from-the-proxy-1", event: sent.body.id };
  const stored = await until(async () => (await writer.lines()).find(({ event }) => event === sent.body.id), {
    what: "the writer's line",
  });
  expect(stored).toMatchObject({ level: "debug", message: "stored", offset: expect.any(Number), ...inBoth });
  expect(await gateway.lines()).toContainEqual(
    expect.objectContaining({ level: "debug", message: "acked", ...inBoth }),
  );
  expect(await read(writer, "superchat_writer_stored_events_total")).toBeGreaterThan(1);
  expect(await read(writer, "superchat_writer_stored_age_seconds_count")).toBeGreaterThan(0);
  await until(async () => (await read(writer, "superchat_writer_lag_seconds")) === 0, { what: "nothing in hand" });
  expect(await read(writer, "superchat_log_behind_events")).toBe(0);
  page.close();
});

test("what can't be stored is told with its request, and counted", async () => {
  const event = samplePost(sampleRoom(), "to a room that never was");
  const { key, value, headers } = encodeEvent(event, "stray-request-1");
  const kafka = createRawKafka({ brokers: [...world.kafkaBrokers] });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: "room-events", messages: [{ key, value, headers }] });
  await producer.disconnect();
  const line = await until(
    async () => (await writer.lines()).find(({ message }) => message === "writer: dead-letter"),
    {
      what: "the writer's line",
    },
  );
  expect(line).toMatchObject({ level: "warn", event: event.id, room: event.room, requestId: "stray-request-1" });
  expect(await read(writer, "superchat_writer_dead_letters_total")).toBe(1);
});

test("a reader knows how far behind it is, and that it has caught up", async () => {
  const topic = `room-events-${Bun.randomUUIDv7()}`;
  const kafka = await openKafka({ brokers: world.kafkaBrokers, topic, groupId: topic });
  const events = samplePosts(sampleRoom(), 2_500);
  await Promise.all(events.map((event) => kafka.log.append(event)));
  const gate = Promise.withResolvers<void>();
  let taken = 0;
  await kafka.log.consume(
    async (batch) => {
      await gate.promise;
      taken += batch.length;
    },
    { positions: async () => undefined },
  );
  await until(() => kafka.log.behind() === events.length, { what: "everything to be behind" });
  expect(kafka.log.held()).toEqual({ records: 0, bytes: 0 });
  gate.resolve();
  await until(() => taken === events.length && kafka.log.behind() === 0, { what: "nothing to be behind" });
  await kafka.close();
});
