/** One bot process of a cluster. A composition root: it opens, connects and closes, and decides nothing. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openLanguageModel } from "#adapters/language-model.ts";
import { readLanguageModelSettings } from "#adapters/language-model-settings.ts";
import { openMetrics } from "#adapters/metrics.ts";
import { readAll } from "#domain/config-error.ts";
import { readConfig } from "#gateway/config.ts";
import { freshPorts } from "#gateway/fresh-ports.ts";
import { createLog, detailFields, errorFields } from "#gateway/log.ts";
import { nameOfProcess, runProcess, stopSignal } from "#gateway/process.ts";
import type { Bot } from "./bot.ts";
import { readBotSettings } from "./config.ts";
import { runBots } from "./run.ts";

await runProcess(async () => {
  const { LOG_LEVEL, METRICS_PORT, METRICS_HOST, DATA_DIR, LIMITS } = process.env;
  const [config, settings, modelSettings, botSettings] = readAll(
    () => readConfig({ LOG_LEVEL, METRICS_PORT, METRICS_HOST, DATA_DIR, LIMITS }),
    () => readClusterSettings(process.env),
    () => readLanguageModelSettings(process.env),
    () => readBotSettings(process.env),
  );
  const log = createLog(config.logLevel);
  const stopped = stopSignal();
  const { metrics, sayUnwell, stop: stopMetrics } = await openMetrics(config.metrics);
  let bot: Bot | undefined;
  const report = (what: string, detail: unknown) => log.warn(what, { detail: detailFields(detail) });
  const ports = await openCluster(settings, {
    limits: config.limits,
    clientId: nameOfProcess("bot"),
    role: "bot",
    onOutdated(sentence) {
      sayUnwell(sentence);
      bot?.close().catch((error) => report("not closed", error));
    },
    report,
    metrics,
  });
  const model = openLanguageModel(modelSettings, {
    dataDir: config.dataDir,
    report,
    announce: (sentence) => log.info(sentence),
  });
  bot = await runBots(freshPorts(ports), model, botSettings, (what, error) =>
    log.warn(`bot: ${what}`, errorFields(error)),
  );
  if (ports.levels.isOutdated()) await bot.close();
  process.stdout.write("Superchat's bot is ready\n");

  log.info("stopping", { signal: await stopped });
  await bot.close();
  await model.close();
  await ports.close();
  await stopMetrics();
  log.info("stopped");
});
