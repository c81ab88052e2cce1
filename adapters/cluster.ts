/** All ports of a process in the cluster: Kafka is the log, Redis the stream and what is shared, Postgres the store. */
import { createBunIds } from "#adapters/bun/ids.ts";
import { createBunPasswordHasher } from "#adapters/bun/password-hasher.ts";
import { openKafka } from "#adapters/kafka/open.ts";
import { systemClock } from "#adapters/memory/clock.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { startErasing } from "#adapters/postgres/erase-events.ts";
import { openPatiently } from "#adapters/postgres/open-patiently.ts";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { workOutNames } from "#adapters/postgres/work-out-names.ts";
import { openRedis } from "#adapters/redis/open.ts";
import { openPostgres } from "#db/connect.ts";
import type { Metrics, OpenPorts, WebhookSender } from "#domain/ports/index.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { openWebhookSender } from "./webhook-settings.ts";

/** Processes start in any order: how long one waits for what it needs. */
const waitMs = 60_000;
const hourMs = 3_600_000;

export interface ClusterOptions {
  /** False lets everybody do everything as often as they like: for load tests. */
  readonly limits: boolean;
  /** Names the process to Kafka. */
  readonly clientId: string;
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
  try {
    const database = await openPatiently(() => openPostgres(settings.databaseUrl), {
      waitMs,
      onWait: (reason) => report("postgres is away", reason),
    });
    opened.push(database.close);
    await workOutNames(database);
    opened.push(startErasing(database, (error) => report("texts of deleted messages are not erased yet", error)));
    const stores = openPostgresStores(database);
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
        brokers: settings.kafkaBrokers,
        topic: settings.kafkaTopic,
        groupId: settings.kafkaGroupId,
        partitions: settings.kafkaPartitions,
        replicas: settings.kafkaReplicas,
        minInSyncReplicas: settings.kafkaReplicas > 2 ? 2 : 1,
        retentionMs: settings.kafkaRetentionHours * hourMs,
        clientId: options.clientId,
        report: (trouble) => report(`kafka: ${trouble.type}`, trouble),
        onSend: (events) => metrics.observe("superchat_log_batch_events", events),
        ...(options.requestId ? { requestId: options.requestId } : {}),
        startWithinMs: waitMs,
      }),
    ]);
    opened.push(redis.close, kafka.close);
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
      // With two of the three away people still read, or send, or both: only without any is there nothing to do.
      ready: async () => void (await Promise.any([stores.keys.list(), redis.ready(), kafka.ready()])),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
