/**
 * The log of standalone mode: a bounded queue in front of one consumer. It keeps nothing itself: an append resolves when the
 * consumer's handler has, so an event is exactly as durable as what the handler did with it. Other groups hear of it then.
 */
import { ChatError, isChatError, unavailable } from "#domain/errors.ts";
import type { LoggedEvent } from "#domain/events.ts";
import type { BatchHandler, ConsumeOptions, LogConsumer, MessageLog } from "#domain/ports/index.ts";
import { createFollower, type Follower } from "./log-follower.ts";

/** Most events handed to the consumer at once. */
export const maxBatchEvents = 500;
/** Most events waiting for the consumer; further appends are refused at once. */
export const maxQueuedEvents = 10_000;
/** An append that is not settled after this long is refused; its event may still be stored later. */
export const appendDeadlineMs = 15_000;
/** How many dead letters stay readable. */
export const maxDeadLetters = 1_000;

export interface MemoryLogOptions {
  readonly maxBatchEvents?: number;
  readonly maxQueuedEvents?: number;
  readonly appendDeadlineMs?: number;
  readonly maxDeadLetters?: number;
}

export interface DeadLetter {
  readonly event: LoggedEvent;
  readonly reason: unknown;
}

export interface MemoryLog extends MessageLog {
  /** What was put aside, oldest first. */
  deadLetters(): readonly DeadLetter[];
  /** How many appends wait for the consumer. */
  queued(): number;
}

interface Append {
  readonly event: LoggedEvent;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  readonly deadline: ReturnType<typeof setTimeout>;
}

export function createMemoryLog(options: MemoryLogOptions = {}): MemoryLog {
  const limits = { maxBatchEvents, maxQueuedEvents, appendDeadlineMs, maxDeadLetters, ...options };
  const queue: Append[] = [];
  const dead = new Map<string, DeadLetter>();
  let inHand: readonly Append[] = [];
  const followers = new Set<Follower>();
  let handler: BatchHandler | undefined;
  let stopped = false;
  let running: Promise<void> | undefined;

  async function append(event: LoggedEvent): Promise<void> {
    if (stopped) throw unavailable("The server is shutting down; the message was not sent yet.");
    const refused = dead.get(keyOf(event));
    if (refused !== undefined) throw refusalOf(refused.reason);
    if (queue.length >= limits.maxQueuedEvents)
      throw unavailable("Too much is being sent at once; try again in a moment.");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = () => reject(unavailable("The message could not be stored in time; it is safe to send it again."));
    queue.push({ event, resolve, reject, deadline: setTimeout(late, limits.appendDeadlineMs) });
    wake();
    return promise;
  }

  function wake(): void {
    if (handler === undefined || running !== undefined || queue.length === 0) return;
    running = drain(handler).finally(() => {
      running = undefined;
      wake();
    });
  }

  async function drain(handle: BatchHandler): Promise<void> {
    // One turn of the microtask queue, so that appends made together travel together.
    await undefined;
    while (queue.length > 0) {
      inHand = queue.splice(0, limits.maxBatchEvents);
      try {
        await handle(inHand.map(({ event }) => event));
        const taken = inHand.map(({ event }) => event).filter((event) => !dead.has(keyOf(event)));
        settle((append) => append.resolve());
        for (const follower of followers) follower.push(taken);
      } catch (error) {
        const refusal = isChatError(error, "unavailable")
          ? error
          : unavailable("The message could not be stored.", error);
        settle((append) => append.reject(refusal));
      }
    }
  }

  function settle(how: (append: Append) => void): void {
    for (const append of inHand) {
      clearTimeout(append.deadline);
      how(append);
    }
    inHand = [];
  }

  async function consume(newHandler: BatchHandler, { group }: ConsumeOptions = {}): Promise<LogConsumer> {
    if (group !== undefined) return follow(newHandler);
    if (handler !== undefined) throw new Error("The memory log has one consumer at a time.");
    handler = newHandler;
    stopped = false;
    wake();
    return {
      async stop() {
        if (handler !== newHandler) return;
        stopped = true;
        while (running !== undefined) await running;
        if (handler === newHandler) handler = undefined;
      },
    };
  }

  /** Another group hears of what the first one has handled. */
  function follow(newHandler: BatchHandler): LogConsumer {
    const follower = createFollower(newHandler, limits);
    followers.add(follower);
    return {
      async stop() {
        followers.delete(follower);
        await follower.stop();
      },
    };
  }

  async function deadLetter(event: LoggedEvent, reason: unknown): Promise<void> {
    const key = keyOf(event);
    dead.delete(key);
    dead.set(key, { event, reason });
    for (const oldest of dead.keys()) {
      if (dead.size <= limits.maxDeadLetters) break;
      dead.delete(oldest);
    }
    for (const append of inHand) {
      if (keyOf(append.event) === key) append.reject(refusalOf(reason));
    }
  }

  return { append, consume, deadLetter, deadLetters: () => [...dead.values()], queued: () => queue.length };
}

/** The same thing sent again by the same author shares the fate of the first; another author's does not. */
function keyOf({ id, room, author }: LoggedEvent): string {
  return `${id} ${room} ${author.id}`;
}

function refusalOf(reason: unknown): ChatError {
  return reason instanceof ChatError ? reason : unavailable("The message could not be stored.", reason);
}
