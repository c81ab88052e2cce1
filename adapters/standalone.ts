/**
 * All ports of a single process that needs no services: the store in a data folder, everything else in memory. What is acked is
 * in the store, so nothing is lost with the process (docs/adr/0003-standalone-announces-after-commit.md).
 */
import { createBunIds } from "#adapters/bun/ids.ts";
import { createBunPasswordHasher } from "#adapters/bun/password-hasher.ts";
import { createMemoryClaims } from "#adapters/memory/claims.ts";
import { systemClock } from "#adapters/memory/clock.ts";
import { createMemoryGrowingTexts } from "#adapters/memory/growing-texts.ts";
import { createOwnLevels } from "#adapters/memory/levels.ts";
import { createMemoryLog } from "#adapters/memory/message-log.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createMemoryPresence } from "#adapters/memory/presence.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import { createMemorySignals } from "#adapters/memory/signals.ts";
import { startErasing } from "#adapters/postgres/erase-events.ts";
import { checkBuild, createLevelStore } from "#adapters/postgres/level-store.ts";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { workOutNames } from "#adapters/postgres/work-out-names.ts";
import { type DataFolderOptions, openDataFolder } from "#db/data-folder.ts";
import type { Database } from "#db/database.ts";
import { thisBuild } from "#domain/levels.ts";
import type { Metrics, OpenPorts, WebhookSender } from "#domain/ports/index.ts";
import { openWebhookSender } from "./webhook-settings.ts";

export interface StandaloneOptions {
  /** Used by one process at a time. */
  readonly dataDir: string;
  /** False lets everybody do everything as often as they like: for load tests. */
  readonly limits: boolean;
  /** Default: nobody counts. */
  readonly metrics?: Metrics;
  /** Default: one that sends to the internet alone. */
  readonly webhooks?: WebhookSender;
  /** Told what an operator should know of the database, in sentences. */
  readonly report?: (sentence: string) => void;
  readonly find?: DataFolderOptions["find"];
}

/**
 * Starts no writer: nothing is acked before the caller does, and the caller closes it before it closes the ports.
 * @throws Error with a sentence for the operator when the data folder is in use or can't be written.
 */
export async function openStandalone({
  dataDir,
  limits,
  metrics = silentMetrics,
  webhooks = openWebhookSender(),
  report = () => undefined,
  find,
}: StandaloneOptions): Promise<OpenPorts> {
  // The folder is locked: nobody else can be there, and nothing has to be waited for.
  const check = (found: Database) => checkBuild(found, thisBuild, { alone: true });
  const database = await openDataFolder(dataDir, { report, check, ...(find === undefined ? {} : { find }) });
  const levels = createLevelStore(database);
  let active: number;
  const own = { ...thisBuild, id: crypto.randomUUID(), name: "standalone", role: "standalone" };
  try {
    active = await levels.announce(own, { alone: true });
    if (active < own.writes) {
      const mark = async () => undefined;
      ({ active } = await levels.raise({ to: own.writes, steadySeconds: 0, elsewhere: [], mark }));
    }
    await workOutNames(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const eraser = startErasing(database, (error) => report(`Texts of deleted messages are not erased yet: ${error}`));
  const stores = openPostgresStores(database, eraser.wake);
  const log = createMemoryLog();
  metrics.gauge("superchat_log_held_events", log.queued);
  const signals = createMemorySignals();
  return {
    ...stores,
    clock: systemClock,
    ids: createBunIds(),
    log,
    stream: createMemoryStream({ announce: "on-confirm", head: stores.events.head }),
    signals,
    growing: createMemoryGrowingTexts(signals),
    presence: createMemoryPresence(),
    limiter: limits ? createMemoryRateLimiter() : createOpenRateLimiter(),
    claims: createMemoryClaims(),
    passwords: createBunPasswordHasher(),
    webhooks,
    metrics,
    levels: createOwnLevels(active),
    // The store is the only part that can be away.
    ready: async () => void (await stores.keys.list()),
    async close() {
      await eraser.close();
      await levels.withdraw(own.id).catch(() => undefined);
      await database.close();
    },
  };
}
