/** One writer of a cluster. A composition root: it opens, connects and closes, and decides nothing. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openMetrics } from "#adapters/metrics.ts";
import { openWebhookSender, readWebhookRules } from "#adapters/webhook-settings.ts";
import { readAll } from "#domain/config-error.ts";
import { readConfig } from "#gateway/config.ts";
import { createLog, detailFields, errorFields } from "#gateway/log.ts";
import { nameOfProcess, runProcess, stopSignal } from "#gateway/process.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { type Deliverer, startDeliverer } from "#hooks/deliverer.ts";
import type { Placed } from "./batch.ts";
import { troubleFields } from "./trouble.ts";
import { startWriter } from "./writer.ts";

await runProcess(async () => {
  const { LOG_LEVEL, METRICS_PORT, METRICS_HOST, JWT_SECRET } = process.env;
  const [{ logLevel, metrics: address, secret }, settings, rules] = readAll(
    () => readConfig({ LOG_LEVEL, METRICS_PORT, METRICS_HOST, JWT_SECRET }),
    () => readClusterSettings(process.env),
    () => readWebhookRules(process.env),
  );
  const log = createLog(logLevel);
  const stopped = stopSignal();
  const { metrics, sayUnwell, stop: stopMetrics } = await openMetrics(address);
  let deliverer: Deliverer | undefined;
  const ports = await openCluster(settings, {
    limits: true,
    clientId: nameOfProcess("writer"),
    role: "writer",
    onOutdated(sentence) {
      sayUnwell(sentence);
      void deliverer?.close();
    },
    report: (what, detail) => log.warn(what, { detail: detailFields(detail) }),
    metrics,
    webhooks: openWebhookSender(rules),
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
  if (secret === undefined) log.warn("webhooks are not delivered by this writer: JWT_SECRET is missing");
  const sealer = secret === undefined ? undefined : await createHookSealer(secret);
  if (sealer !== undefined && !ports.levels.isOutdated())
    deliverer = startDeliverer(ports, { sealer, report: (what, error) => log.warn(what, errorFields(error)) });
  process.stdout.write("Superchat's writer is ready\n");

  log.info("stopping", { signal: await stopped });
  await deliverer?.close();
  await writer.close();
  await ports.close();
  await stopMetrics();
  log.info("stopped", { ...writer.counters });
});
