/** The whole product in one process on embedded parts. A composition root: it opens, connects and closes, and decides nothing. */
import { openMetrics } from "#adapters/metrics.ts";
import { openStandalone } from "#adapters/standalone.ts";
import { ensureSystemUser } from "#domain/accounts.ts";
import { ensureLobby } from "#domain/create-room.ts";
import { createGateway } from "#gateway/app.ts";
import { readConfig } from "#gateway/config.ts";
import { keptSecret } from "#gateway/kept-secret.ts";
import { listen } from "#gateway/listen.ts";
import { createLog, errorFields } from "#gateway/log.ts";
import { runProcess, stopSignal } from "#gateway/process.ts";
import { troubleFields } from "#writer/trouble.ts";
import { startWriter } from "#writer/writer.ts";

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const stopped = stopSignal();
  // The port first: if it is taken, nothing else has been touched.
  const listener = listen(config);
  const { metrics, stop: stopMetrics } = openMetrics(config.metrics);
  const ports = await openStandalone({ dataDir: config.dataDir, limits: config.limits, metrics });
  const writer = await startWriter(ports, {
    report: (trouble) => log.warn(`writer: ${trouble.type}`, troubleFields(trouble, errorFields)),
  });
  await ensureLobby(ports, await ensureSystemUser(ports));
  const secret = config.secret ?? (await keptSecret(config.dataDir));
  await listener.attach(await createGateway({ ports, config, secret, log, ready: ports.ready }));
  if (!config.limits) log.warn("rate limits are off (LIMITS=off): for load tests only");
  process.stdout.write(`Superchat is at http://localhost:${listener.port}\n`);

  log.info("stopping", { signal: await stopped });
  await listener.stop();
  await writer.close();
  await ports.close();
  await stopMetrics();
  log.info("stopped");
});
