/** All ports for tests: the stores in a database of their own, everything else in memory. Starts nothing: the caller starts the writer. */

import { createMemoryClaims } from "#adapters/memory/claims.ts";
import { systemClock } from "#adapters/memory/clock.ts";
import { createMemoryGrowingTexts } from "#adapters/memory/growing-texts.ts";
import { createMemoryIds } from "#adapters/memory/ids.ts";
import { createOwnLevels } from "#adapters/memory/levels.ts";
import { createMemoryLog, type MemoryLog } from "#adapters/memory/message-log.ts";
import { silentMetrics } from "#adapters/memory/metrics.ts";
import { createPlainPasswordHasher } from "#adapters/memory/password-hasher.ts";
import { createMemoryPresence } from "#adapters/memory/presence.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import { createMemorySignals } from "#adapters/memory/signals.ts";
import { createMemoryWebhookSender, type MemoryWebhookSender } from "#adapters/memory/webhook-sender.ts";
import type { Database } from "#db/database.ts";
import { thisBuild } from "#domain/levels.ts";
import type { Clock, Metrics, OpenPorts } from "#domain/ports/index.ts";
import { freshStores } from "./test-database.ts";

export interface TestPortsOptions {
  readonly clock?: Clock;
  /** False lets everybody do everything as often as they like. */
  readonly limits?: boolean;
  readonly metrics?: Metrics;
}

export interface TestPorts extends OpenPorts {
  readonly log: MemoryLog;
  readonly webhooks: MemoryWebhookSender;
  /** What the stores keep. */
  readonly database: Database;
}

export async function openTestPorts({
  clock = systemClock,
  limits = true,
  metrics = silentMetrics,
}: TestPortsOptions = {}): Promise<TestPorts> {
  const { stores, database, close } = await freshStores();
  const signals = createMemorySignals();
  return {
    ...stores,
    database,
    clock,
    ids: createMemoryIds(),
    log: createMemoryLog(),
    stream: createMemoryStream({ announce: "on-confirm", head: stores.events.head, clock }),
    signals,
    growing: createMemoryGrowingTexts(signals, { clock }),
    presence: createMemoryPresence({ clock }),
    limiter: limits ? createMemoryRateLimiter({ clock }) : createOpenRateLimiter(),
    claims: createMemoryClaims({ clock }),
    passwords: createPlainPasswordHasher(),
    webhooks: createMemoryWebhookSender(),
    metrics,
    levels: createOwnLevels(thisBuild.writes),
    ready: async () => undefined,
    close,
  };
}
