/** All ports of a process in the cluster: Kafka is the log, Redis the stream and what is shared, Postgres the store. */
import { createBunIds } from "#adapters/bun/ids.ts";
import { createBunPasswordHasher } from "#adapters/bun/password-hasher.ts";
import { openLevelMarks } from "#adapters/kafka/level-marks.ts";
import { openKafka } from "#adapters/kafka/open.ts";
import type { KafkaTrouble } from "#adapters/kafka/trouble.ts";
import { systemClock } from "#adapters/memory/clock.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { startErasing } from "#adapters/postgres/erase-events.ts";
import { applicationName, checkBuild, createLevelStore } from "#adapters/postgres/level-store.ts";
import { openPatiently } from "#adapters/postgres/open-patiently.ts";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { workOutNames } from "#adapters/postgres/work-out-names.ts";
import { openRedis } from "#adapters/redis/open.ts";
import { openPostgres } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { whileUnavailable } from "#domain/back-off.ts";
import { unavailable } from "#domain/errors.ts";
import { joinVersions } from "#domain/join-versions.ts";
import { thisBuild } from "#domain/levels.ts";
import type { Metrics, OpenPorts, WebhookSender } from "#domain/ports/index.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { createOutdated } from "./outdated.ts";
import { openWebhookSender } from "./webhook-settings.ts";

/** Processes start in any order: how long one waits for what it needs. */
const waitMs = 60_000;
const hourMs = 3_600_000;

export interface ClusterOptions {
  /** False lets everybody do everything as often as they like: for load tests. */
  readonly limits: boolean;
  /** Names the process to the others, and to Kafka. */
  readonly clientId: string;
  /** What it is: gateway, writer or bot. */
  readonly role: string;
  /** Newer versions write what this one can't read: from here on it takes nothing in any more. */
  readonly onOutdated?: (sentence: string) => void;
  /** Something is away, back, or put aside: for the log. */
  readonly report: (what: string, detail: unknown) => void;
  /** Signals to people may have been lost. */
  readonly onSignalsResumed?: () => void;
  /** Default: nobody counts. */
  readonly metrics?: Metrics;
  /** Default: one that sends to the internet alone. */
  readonly webhooks?: WebhookSender;
  /** The request that the running code works for; its id goes with the events it appends. */
  readonly requestId?: () => string | undefined;
}

/** @throws Error with a sentence for the operator when something is not there in time */
export async function openCluster(settings: ClusterSettings, options: ClusterOptions): Promise<OpenPorts> {
  const { report, metrics = silentMetrics, webhooks = openWebhookSender() } = options;
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  const id = crypto.randomUUID();
  const check = (found: Database) => checkBuild(found, thisBuild);
  const inKafka = {
    brokers: settings.kafkaBrokers,
    topic: settings.kafkaTopic,
    groupId: settings.kafkaGroupId,
    replicas: settings.kafkaReplicas,
    clientId: options.clientId,
    report: (trouble: KafkaTrouble) => report(`kafka: ${trouble.type}`, trouble),
  };
  try {
    const database = await openPatiently(() => openPostgres(settings.databaseUrl, `${applicationName} ${id}`, check), {
      waitMs,
      onWait: (reason) => report("postgres is away", reason),
    });
    opened.push(database.close);
    // Before anything else is read or written, and until nothing is any more.
    const outdated = createOutdated(report, options.onOutdated);
    const own = { ...thisBuild, id, name: options.clientId, role: options.role };
    const levels = await whileUnavailable(
      () =>
        joinVersions({
          store: createLevelStore(database),
          ...openLevelMarks(inKafka),
          own,
          upgrade: settings.upgrade,
          steadySeconds: settings.upgradeAfterSeconds,
          onOutdated: outdated.begin,
          report,
        }),
      { stop: AbortSignal.timeout(waitMs), onRetry: (error) => report("not announced yet", error) },
    );
    opened.push(outdated.close, levels.close);
    await workOutNames(database);
    const eraser = startErasing(database, (error) => report("texts of deleted messages are not erased yet", error));
    opened.push(eraser.close);
    const stores = openPostgresStores(database, eraser.wake);
    const limiter = options.limits ? createMemoryRateLimiter() : createOpenRateLimiter();
    const [redis, kafka] = await Promise.all([
      openRedis({
        ...(settings.redisCluster ? { urls: settings.redisUrls } : { url: settings.redisUrls[0] ?? "" }),
        head: stores.events.head,
        limiterWhenAway: limiter,
        onTrouble: (trouble) => report("redis is away", trouble),
        report: (error) => report("listener failed", error),
        onRepair: () => metrics.count("superchat_gateway_hole_repairs_total"),
        ...(options.onSignalsResumed ? { onSignalsResumed: options.onSignalsResumed } : {}),
        openWithinMs: waitMs,
      }),
      openKafka({
        ...inKafka,
        partitions: settings.kafkaPartitions,
        minInSyncReplicas: settings.kafkaReplicas > 2 ? 2 : 1,
        retentionMs: settings.kafkaRetentionHours * hourMs,
        onSend: (events) => metrics.observe("superchat_log_batch_events", events),
        ...(options.requestId ? { requestId: options.requestId } : {}),
        startWithinMs: waitMs,
        levels,
      }),
    ]);
    opened.push(redis.close, kafka.close);
    outdated.onBegin(() => void kafka.standAside());
    metrics.gauge("superchat_level_active_level", levels.active);
    metrics.gauge("superchat_level_outdated_processes", () => (levels.isOutdated() ? 1 : 0));
    metrics.gauge("superchat_log_held_events", () => kafka.log.held().records);
    metrics.gauge("superchat_log_behind_events", kafka.log.behind);
    metrics.gauge("superchat_log_held_bytes", () => kafka.log.held().bytes);
    return {
      ...stores,
      clock: systemClock,
      ids: createBunIds(),
      log: kafka.log,
      stream: redis.stream,
      signals: redis.signals,
      growing: redis.growing,
      presence: redis.presence,
      limiter: options.limits ? redis.limiter : limiter,
      claims: redis.claims,
      passwords: createBunPasswordHasher(),
      webhooks,
      metrics,
      levels,
      // With two of the three away people still read, or send, or both: only without any is there nothing to do.
      ready: async () => {
        if (levels.isOutdated()) throw unavailable(outdated.sentence());
        await Promise.any([stores.keys.list(), redis.ready(), kafka.ready()]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
