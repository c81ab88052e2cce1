/**
 * Events per second of one writer from Kafka to committed, projections included, beside plain COPY of the same events in the
 * same Postgres and the same run.
 */
import postgres from "postgres";
import { openServiceWorld, type ServiceWorld } from "../tests/services/service-world.ts";
import { until } from "../tests/support/wait.ts";
import { eventsOf, fillLog, foundCommunity, openPorts } from "./backlog.ts";
import { type Copying, copyEvents } from "./copying.ts";
import type { Figure } from "./figure.ts";
import { treeCpuSeconds, treeResidentMiB } from "./process-usage.ts";

const defaultEvents = 100_000;
const roomCount = 200;
const writtenWithinMs = 300_000;
/** What CPU-seconds are told for. */
const per = 10_000;

/** EVENTS says how many. */
export async function measureWriter(): Promise<readonly Figure[]> {
  const eventCount = Number(process.env.EVENTS ?? defaultEvents);
  await using world = await openServiceWorld();
  const ports = await openPorts(world.env);
  const sql = postgres(world.databaseUrl, { onnotice: () => undefined });
  try {
    const community = await foundCommunity(ports, roomCount);
    const figures: Figure[] = [];
    for (const live of [true, false]) {
      const events = eventsOf(community, eventCount);
      await fillLog(ports, events, live);
      const writing = await measureWriting(world, sql, eventCount);
      const rows = Math.round(writing.batchEvents);
      const batches = Array.from({ length: Math.ceil(events.length / rows) }, (_, n) =>
        events.slice(n * rows, (n + 1) * rows),
      );
      const { oneTable, allTables } = await copyEvents(sql, world.pids.postgres, batches);
      const what = live ? "events that gateways have published" : "events that nobody has published yet";
      figures.push(
        { what: `writer, ${what}`, value: writing.perSecond, unit: "/s" },
        ...copyFigures(`events only, ${rows} a transaction`, writing, oneTable, eventCount),
        ...copyFigures("events, places and messages", writing, allTables, eventCount),
        ...writing.figures,
      );
    }
    return figures;
  } finally {
    await sql.end();
    await ports.close();
  }
}

function copyFigures(
  what: string,
  { perSecond }: Writing,
  { seconds, cpu }: Copying,
  count: number,
): readonly Figure[] {
  return [
    { what: `plain COPY of ${what}`, value: count / seconds, unit: "/s" },
    { what: `writer : plain COPY of ${what}`, value: (perSecond * seconds) / count, unit: "×" },
    {
      what: `CPU-seconds of postgres per ${per} events by plain COPY of ${what}`,
      value: (cpu * per) / count,
      unit: "CPU-s",
    },
  ];
}

interface Writing {
  readonly perSecond: number;
  readonly batchEvents: number;
  readonly figures: readonly Figure[];
}

/** From the first commit of a writer that finds a full log to its last one. */
async function measureWriting(world: ServiceWorld, sql: postgres.Sql, count: number): Promise<Writing> {
  const before = await storedTo(sql);
  const writer = await world.startWriter({ LOG_LEVEL: "error" });
  const pids = Object.entries({ writer: writer.pid, ...world.pids });
  const first = await until(async () => (await storedTo(sql)) - before, {
    deadlineMs: writtenWithinMs,
    what: "commits",
  });
  const cpuBefore = pids.map(([, pid]) => treeCpuSeconds(pid));
  const from = performance.now();
  await until(async () => (await storedTo(sql)) - before >= count, { deadlineMs: writtenWithinMs, what: "all of it" });
  const seconds = (performance.now() - from) / 1_000;
  const written = count - first;
  const figures = pids.map(([name, pid], n): Figure => {
    const spent = treeCpuSeconds(pid) - (cpuBefore[n] ?? 0);
    return { what: `CPU-seconds of ${name} per ${per} events`, value: (spent * per) / written, unit: "CPU-s" };
  });
  const memory = { what: "memory of the writer", value: treeResidentMiB(writer.pid), unit: "MiB" };
  const text = await (await fetch(`${writer.metricsUrl}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  const hop = (name: string): Figure => ({
    what: `seconds of ${name} per ${per} events`,
    value: (read(`superchat_writer_${name}_seconds_sum`) * per) / count,
    unit: "s",
  });
  const batchEvents = read("superchat_writer_batch_events_sum") / read("superchat_writer_batch_events_count");
  await writer.stop();
  return { perSecond: written / seconds, batchEvents, figures: [...figures, hop("publish"), hop("store"), memory] };
}

async function storedTo(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ sum: string | null }[]>`select sum(position) from log_positions`;
  return Number(row?.sum ?? 0);
}
