/** One writer of a cluster. A composition root: it opens, connects and closes, and decides nothing. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { readAll } from "#domain/config-error.ts";
import { readConfig } from "#gateway/config.ts";
import { createLog, detailFields, errorFields } from "#gateway/log.ts";
import { runProcess, stopSignal } from "#gateway/process.ts";
import { startWriter } from "./writer.ts";

await runProcess(async () => {
  const [{ logLevel }, settings] = readAll(
    () => readConfig({ LOG_LEVEL: process.env.LOG_LEVEL }),
    () => readClusterSettings(process.env),
  );
  const log = createLog(logLevel);
  const stopped = stopSignal();
  const ports = await openCluster(settings, {
    limits: true,
    clientId: `writer-${process.pid}`,
    report: (what, detail) => log.warn(what, { detail: detailFields(detail) }),
  });
  const writer = await startWriter(ports, {
    report: ({ type, ...what }) =>
      log.warn(
        `writer: ${type}`,
        "error" in what ? errorFields(what.error) : { id: what.event.id, ...errorFields(what.reason) },
      ),
  });
  process.stdout.write("Superchat's writer is ready\n");

  log.info("stopping", { signal: await stopped });
  await writer.close();
  await ports.close();
  log.info("stopped", { ...writer.counters });
});
