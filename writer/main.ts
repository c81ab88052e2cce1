/** One writer of a cluster. A composition root: it opens, connects and closes, and decides nothing. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openMetrics } from "#adapters/metrics.ts";
import { readAll } from "#domain/config-error.ts";
import { readConfig } from "#gateway/config.ts";
import { createLog, detailFields, errorFields } from "#gateway/log.ts";
import { nameOfProcess, runProcess, stopSignal } from "#gateway/process.ts";
import type { Placed } from "./batch.ts";
import { troubleFields } from "./trouble.ts";
import { startWriter } from "./writer.ts";

await runProcess(async () => {
  const { LOG_LEVEL, METRICS_PORT, METRICS_HOST } = process.env;
  const [{ logLevel, metrics: address }, settings] = readAll(
    () => readConfig({ LOG_LEVEL, METRICS_PORT, METRICS_HOST }),
    () => readClusterSettings(process.env),
  );
  const log = createLog(logLevel);
  const stopped = stopSignal();
  const { metrics, stop: stopMetrics } = openMetrics(address);
  const ports = await openCluster(settings, {
    limits: true,
    clientId: nameOfProcess("writer"),
    report: (what, detail) => log.warn(what, { detail: detailFields(detail) }),
    metrics,
  });
  const onStored = (placed: readonly Placed[]) => {
    for (const { logged, event } of placed)
      log.debug("stored", {
        requestId: ports.log.requestOf?.(logged),
        event: event.id,
        room: event.room,
        offset: event.offset,
      });
  };
  const writer = await startWriter(ports, {
    report: (trouble) => log.warn(`writer: ${trouble.type}`, troubleFields(trouble, errorFields)),
    ...(logLevel === "debug" ? { onStored } : {}),
  });
  process.stdout.write("Superchat's writer is ready\n");

  log.info("stopping", { signal: await stopped });
  await writer.close();
  await ports.close();
  await stopMetrics();
  log.info("stopped", { ...writer.counters });
});
