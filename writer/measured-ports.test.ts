import { expect, test } from "bun:test";
import { createPrometheusMetrics } from "#adapters/prometheus/metrics.ts";
import { unavailable } from "#domain/errors.ts";
import type { EventRun, LoggedEvent } from "#domain/events.ts";
import { sampleAuthor, samplePost, samplePosts, sampleRoom } from "#tests/contract/samples.ts";
import { openTestPorts } from "#tests/support/ports.ts";
import { errorFields } from "../gateway/log.ts";
import { troubleFields, type WriterTrouble } from "./trouble.ts";
import { startWriter } from "./writer.ts";

async function openMeasured(fault: (runs: readonly EventRun[]) => unknown = () => undefined) {
  const { metrics, text } = createPrometheusMetrics();
  const memory = await openTestPorts({ metrics });
  await memory.users.create(sampleAuthor, undefined);
  const room = sampleRoom();
  const creation = { createdBy: sampleAuthor.id, createdAt: new Date(0).toISOString(), epoch: "e1" };
  await memory.rooms.create({ id: room, slug: room, name: room, visibility: "public", ...creation });
  const troubles: WriterTrouble[] = [];
  const writer = await startWriter(
    {
      ...memory,
      // As a log does that keeps the requests.
      log: { ...memory.log, requestOf: ({ id }: LoggedEvent) => `request-of-${id}` },
      events: {
        ...memory.events,
        async write(runs: readonly EventRun[]) {
          const error = fault(runs);
          if (error !== undefined) throw error;
          await memory.events.write(runs);
        },
      },
    },
    { firstPauseMs: 1, report: (trouble) => void troubles.push(trouble) },
  );
  const read = async (name: string) => {
    const line = (await text()).split("\n").find((each) => each.startsWith(`${name} `));
    return Number(line?.split(" ")[1]);
  };
  const append = (events: readonly LoggedEvent[]) =>
    Promise.allSettled(events.map((event) => memory.log.append(event)));
  return { room, read, append, troubles, [Symbol.asyncDispose]: writer.close };
}

test("batches, stored events and their age are told", async () => {
  await using writer = await openMeasured();
  const at = new Date(Date.now() - 3_000).toISOString();
  await writer.append([...samplePosts(writer.room, 29), samplePost(writer.room, "newest")].map((e) => ({ ...e, at })));
  expect(await writer.read("superchat_writer_batches_total")).toBe(1);
  expect(await writer.read('superchat_writer_batch_events_bucket{le="20"}')).toBe(0);
  expect(await writer.read('superchat_writer_batch_events_bucket{le="50"}')).toBe(1);
  expect(await writer.read("superchat_writer_stored_events_total")).toBe(30);
  expect(await writer.read("superchat_writer_store_seconds_count")).toBe(1);
  expect(await writer.read("superchat_writer_publish_seconds_count")).toBe(1);
  expect(await writer.read("superchat_writer_stored_age_seconds_sum")).toBeGreaterThanOrEqual(3);
  expect(await writer.read("superchat_writer_newest_stored_timestamp_seconds")).toBe(Date.parse(at) / 1_000);
  expect(await writer.read("superchat_writer_lag_seconds")).toBe(0);
});

test("while the store is away the lag grows, and the log says whose events wait", async () => {
  let lagWhileAway = Number.NaN;
  let failures = 0;
  await using writer = await openMeasured(() => {
    failures += 1;
    if (failures > 3) return undefined;
    return unavailable("The store is away.");
  });
  const event = { ...samplePost(writer.room, "patience"), at: new Date(Date.now() - 60_000).toISOString() };
  const appended = writer.append([event]);
  while (writer.troubles.length === 0) await Bun.sleep(1);
  lagWhileAway = await writer.read("superchat_writer_lag_seconds");
  await appended;
  expect(lagWhileAway).toBeGreaterThanOrEqual(60);
  expect(await writer.read("superchat_writer_lag_seconds")).toBe(0);
  expect(await writer.read("superchat_writer_retries_total")).toBe(3);
  expect(troubleFields(writer.troubles[0]!, errorFields)).toMatchObject({
    events: 1,
    requestIds: [`request-of-${event.id}`],
    error: "ChatError: The store is away.",
  });
});

test("a dead letter is counted, and its line names the event and the request", async () => {
  await using writer = await openMeasured((runs) =>
    runs.some((run) => run.events.some((event) => event.type === "message.posted" && event.text === "poison"))
      ? new Error("can't be stored")
      : undefined,
  );
  const poison = samplePost(writer.room, "poison");
  await writer.append([samplePost(writer.room, "good"), poison]);
  expect(await writer.read("superchat_writer_dead_letters_total")).toBe(1);
  expect(troubleFields(writer.troubles[0]!, errorFields)).toMatchObject({
    event: poison.id,
    room: writer.room,
    requestId: `request-of-${poison.id}`,
    error: "Error: can't be stored",
  });
});

test("a retry names a few requests, however large the batch", async () => {
  let away = true;
  await using writer = await openMeasured(() => (away ? unavailable("The store is away.") : undefined));
  const appended = writer.append(samplePosts(writer.room, 100));
  while (writer.troubles.length === 0) await Bun.sleep(1);
  away = false;
  await appended;
  const { events, requestIds } = troubleFields(writer.troubles[0]!, errorFields) as Record<string, unknown[]>;
  expect(events as unknown).toBe(100);
  expect(requestIds).toHaveLength(5);
});
