/** All ports in memory, for tests that need no technology. Starts nothing: the caller starts the writer. */
import type { Clock, Metrics, OpenPorts } from "#domain/ports/index.ts";
import { createMemoryClaims } from "./claims.ts";
import { systemClock } from "./clock.ts";
import { createMemoryGrowingTexts } from "./growing-texts.ts";
import { createMemoryIds } from "./ids.ts";
import { createMemoryLog, type MemoryLog } from "./message-log.ts";
import { silentMetrics } from "./metrics.ts";
import { createPlainPasswordHasher } from "./password-hasher.ts";
import { createMemoryPresence } from "./presence.ts";
import { createMemoryRateLimiter, createOpenRateLimiter } from "./rate-limiter.ts";
import { createMemoryStream } from "./room-stream.ts";
import { createMemorySignals } from "./signals.ts";
import { createMemoryStores } from "./stores.ts";
import { createMemoryWebhookSender, type MemoryWebhookSender } from "./webhook-sender.ts";

export interface MemoryOptions {
  readonly clock?: Clock;
  /** False lets everybody do everything as often as they like. */
  readonly limits?: boolean;
  readonly metrics?: Metrics;
}

export interface MemoryPorts extends OpenPorts {
  readonly log: MemoryLog;
  readonly webhooks: MemoryWebhookSender;
}

export async function openMemory({
  clock = systemClock,
  limits = true,
  metrics = silentMetrics,
}: MemoryOptions = {}): Promise<MemoryPorts> {
  const stores = createMemoryStores();
  const signals = createMemorySignals();
  return {
    ...stores,
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
    ready: async () => undefined,
    close: async () => undefined,
  };
}
