/** A group of the memory log other than the writers: hands on what was stored, in order, and holds up nobody. */
import type { LoggedEvent } from "#domain/events.ts";
import type { BatchHandler, LogConsumer } from "#domain/ports/index.ts";

export interface FollowerLimits {
  readonly maxBatchEvents: number;
  /** Events that wait; more are not handed on. */
  readonly maxQueuedEvents: number;
}

export interface Follower extends LogConsumer {
  push(events: readonly LoggedEvent[]): void;
}

/** A batch whose handler fails comes again after this long. */
const againAfterMs = 250;

export function createFollower(handle: BatchHandler, { maxBatchEvents, maxQueuedEvents }: FollowerLimits): Follower {
  const waiting: LoggedEvent[] = [];
  let running: Promise<void> | undefined;
  let stopped = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !stopped) {
      const batch = waiting.slice(0, maxBatchEvents);
      try {
        await handle(batch);
        waiting.splice(0, batch.length);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, againAfterMs));
      }
    }
  }

  return {
    push(events) {
      waiting.push(...events.slice(0, Math.max(0, maxQueuedEvents - waiting.length)));
      running ??= drain().finally(() => {
        running = undefined;
      });
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
