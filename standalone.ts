/** The whole product in one process on embedded parts, bot included. A composition root: it opens, connects and closes, and decides nothing. */
import { openLanguageModel } from "#adapters/language-model.ts";
import { readLanguageModelSettings } from "#adapters/language-model-settings.ts";
import { openMetrics } from "#adapters/metrics.ts";
import { openStandalone } from "#adapters/standalone.ts";
import { openWebhookSender, readWebhookRules } from "#adapters/webhook-settings.ts";
import { ensureSystemUser } from "#domain/accounts.ts";
import { readAll } from "#domain/config-error.ts";
import { ensureLobby } from "#domain/create-room.ts";
import { createGateway } from "#gateway/app.ts";
import { buildAssets } from "#gateway/assets.ts";
import { readConfig } from "#gateway/config.ts";
import { keptSecret } from "#gateway/kept-secret.ts";
import { listen } from "#gateway/listen.ts";
import { createLog, detailFields, errorFields } from "#gateway/log.ts";
import { runProcess, stopSignal, takeNoArguments } from "#gateway/process.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { type Deliverer, restMs, startDeliverer } from "#hooks/deliverer.ts";
import { readBotSettings } from "#llm-bot/config.ts";
import { runBots } from "#llm-bot/run.ts";
import { troubleFields } from "#writer/trouble.ts";
import { startWriter } from "#writer/writer.ts";

takeNoArguments(`Usage: npm start

Serves the whole chat from one process. Settings come from the environment, or from the file .env, such as

  PORT=8080           where it listens
  HOST=0.0.0.0        127.0.0.1 for this machine alone
  DATA_DIR=data       the folder that keeps the community
  PUBLIC_URL=…        the address that people use, behind a proxy
  LOG_LEVEL=info

All of them: .env.example`);

await runProcess(async () => {
  const [config, modelSettings, botSettings, rules] = readAll(
    () => readConfig(process.env),
    () => readLanguageModelSettings(process.env),
    () => readBotSettings(process.env),
    () => readWebhookRules(process.env),
  );
  const log = createLog(config.logLevel);
  const stopped = stopSignal();
  // The port first: if it is taken, nothing else has been touched.
  const listener = listen(config, log);
  const { metrics, stop: stopMetrics } = await openMetrics(config.metrics);
  // While the store is opened. Whoever waits for them hears of a failure.
  const assets = buildAssets();
  assets.catch(() => undefined);
  const ports = await openStandalone({
    dataDir: config.dataDir,
    limits: config.limits,
    metrics,
    webhooks: openWebhookSender(rules),
    report: (sentence) => log.warn(sentence),
  });
  let deliverer: Deliverer | undefined;
  const writer = await startWriter(ports, {
    onStored: () => deliverer?.wake(),
    report: (trouble) => log.warn(`writer: ${trouble.type}`, troubleFields(trouble, errorFields)),
  });
  await ensureLobby(ports, await ensureSystemUser(ports));
  const secret = config.secret ?? (await keptSecret(config.dataDir));
  await listener.attach(
    await createGateway({ ports, config, secret, log, assets, ready: listener.readyWith(ports.ready) }),
  );
  if (!config.limits) log.warn("rate limits are off (LIMITS=off): for load tests only");
  const report = (what: string, detail: unknown) => log.warn(what, { detail: detailFields(detail) });
  const model = openLanguageModel(modelSettings, {
    dataDir: config.dataDir,
    report,
    announce: (sentence) => log.info(sentence),
  });
  const bot = await runBots(ports, model, botSettings, (what, error) => log.warn(`bot: ${what}`, errorFields(error)));
  deliverer = startDeliverer(ports, {
    restMs,
    sealer: await createHookSealer(secret),
    report: (what, error) => log.warn(what, errorFields(error)),
  });
  process.stdout.write(`Superchat is at http://localhost:${listener.port}\n`);

  log.info("stopping", { signal: await stopped });
  await listener.stop();
  await deliverer.close();
  await bot.close();
  await model.close();
  await writer.close();
  await ports.close();
  await stopMetrics();
  log.info("stopped");
});
