/** What the writer works with, with a clock and a count on it: batches, stores, dead letters, and how far behind it is. */
import type { LoggedEvent } from "#domain/events.ts";
import type { Metrics, Ports } from "#domain/ports/index.ts";

type WrittenPorts = Pick<Ports, "log" | "stream" | "events">;

export function measuredPorts({ log, stream, events }: WrittenPorts, metrics: Metrics): WrittenPorts {
  /** The oldest event of each batch in hand. */
  const inHand = new Set<LoggedEvent>();
  let newestStored = 0;
  metrics.gauge("superchat_writer_lag_seconds", () => Math.max(0, ...[...inHand].map(ageSeconds)));
  metrics.gauge("superchat_writer_newest_stored_timestamp_seconds", () => newestStored / 1_000);

  return {
    log: {
      ...log,
      consume: (handle, options) =>
        log.consume(async (batch, span) => {
          const [oldest] = batch;
          if (oldest !== undefined) inHand.add(oldest);
          metrics.observe("superchat_writer_batch_events", batch.length);
          try {
            await handle(batch, span);
            if (oldest !== undefined) metrics.observe("superchat_writer_stored_age_seconds", ageSeconds(oldest));
            metrics.count("superchat_writer_batches_total");
          } finally {
            // What is away is waited for with the batch in hand; after any other failure it may be another writer's.
            if (oldest !== undefined) inHand.delete(oldest);
          }
        }, options),
      async deadLetter(event, reason) {
        await log.deadLetter(event, reason);
        metrics.count("superchat_writer_dead_letters_total");
      },
    },
    stream: {
      ...stream,
      async publish(batch) {
        const startedAt = performance.now();
        const published = await stream.publish(batch);
        metrics.observe("superchat_writer_publish_seconds", secondsSince(startedAt));
        return published;
      },
    },
    events: {
      ...events,
      async write(runs, span) {
        const startedAt = performance.now();
        await events.write(runs, span);
        metrics.observe("superchat_writer_store_seconds", secondsSince(startedAt));
        const stored = runs.reduce((sum, run) => sum + run.events.length, 0);
        metrics.count("superchat_writer_stored_events_total", stored);
        for (const run of runs) newestStored = Math.max(newestStored, Date.parse(run.events.at(-1)?.at ?? "") || 0);
      },
    },
  };
}

/** Clocks of gateway and writer may differ a little. */
function ageSeconds({ at }: LoggedEvent): number {
  return Math.max(0, Date.now() - Date.parse(at)) / 1_000;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
