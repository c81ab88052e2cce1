/** One gateway of a cluster. A composition root: it opens, connects and closes, and decides nothing. */
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openMetrics } from "#adapters/metrics.ts";
import { openWebhookSender, readWebhookRules } from "#adapters/webhook-settings.ts";
import { ensureSystemUser } from "#domain/accounts.ts";
import { ConfigError, readAll } from "#domain/config-error.ts";
import { ensureLobby } from "#domain/create-room.ts";
import { createGateway, type Gateway } from "./app.ts";
import { readConfig } from "./config.ts";
import { listen } from "./listen.ts";
import { createLog, detailFields } from "./log.ts";
import { nameOfProcess, runProcess, stopSignal } from "./process.ts";
import { currentRequest } from "./request-scope.ts";

/**
 * nginx asks before whatever it must not repeat, and a gateway that was passed over is asked again after a second: by then it sends
 * nothing here any more, and has found the one that was restarted before.
 */
const announceMs = 1_500;

await runProcess(async () => {
  const [config, settings, secret, rules] = readAll(
    () => readConfig(process.env),
    () => readClusterSettings(process.env),
    sharedSecret,
    () => readWebhookRules(process.env),
  );
  const log = createLog(config.logLevel);
  const stopped = stopSignal();
  const outdated = Promise.withResolvers<string>();
  const listener = listen(config, log);
  const { metrics, stop: stopMetrics } = await openMetrics(config.metrics);
  let gateway: Gateway | undefined;
  const ports = await openCluster(settings, {
    limits: config.limits,
    clientId: nameOfProcess("gateway"),
    role: "gateway",
    report: (what, detail) => log.warn(what, { detail: detailFields(detail) }),
    onOutdated: outdated.resolve,
    onSignalsResumed: () => gateway?.signalsResumed(),
    metrics,
    webhooks: openWebhookSender(rules),
    requestId: () => currentRequest()?.requestId,
  });
  await ensureLobby(ports, await ensureSystemUser(ports));
  gateway = await createGateway({ ports, config, secret, log, ready: listener.readyWith(ports.ready) });
  await listener.attach(gateway);
  process.stdout.write(`Superchat is at http://localhost:${listener.port}\n`);

  log.info("stopping", { why: await Promise.race([stopped, outdated.promise]) });
  await listener.stop({ announceMs });
  await ports.close();
  await stopMetrics();
  log.info("stopped");
});

/** Each gateway must accept what the others issue, so none makes a secret of its own. */
function sharedSecret(): string {
  const secret = process.env.JWT_SECRET;
  if (!secret)
    throw new ConfigError(["JWT_SECRET is missing: all gateways share one, of at least 32 random characters."]);
  return secret;
}
