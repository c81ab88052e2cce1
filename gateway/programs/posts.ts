/**
 * Posts of one socket overlap: each is checked at once and goes to the log right after the one before it went, so that a program
 * posts in its own order as fast as the log takes it, and waits for no ack.
 */
import type { Ports } from "#domain/ports/index.ts";
import type { Replies } from "./replies.ts";

/** A post's place among those of its socket. */
export interface Turn {
  /** Resolves when the post before is on its way to the log, or has failed. */
  readonly before: Promise<void>;
  /** The next one may go. May be called again. */
  done(): void;
}

export interface Posts {
  /** Acks and refusals. */
  readonly acks: Replies;
  /** What is acked in one turn of the event loop leaves together. */
  flushSoon(): void;
  /** Starts the work, which must not reject. */
  start(work: (turn: Turn) => Promise<void>): void;
  /** Resolves when everything that was started is done, and its acks have left. */
  idle(): Promise<void>;
}

export function createPosts(acks: Replies): Posts {
  let last = Promise.resolve();
  let unfinished = Promise.resolve();
  let flushes = false;
  return {
    acks,
    flushSoon() {
      if (flushes) return;
      flushes = true;
      setImmediate(() => {
        flushes = false;
        acks.flush();
      });
    },
    start(work) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const own = work({ before: last, done: resolve }).finally(resolve);
      last = promise;
      const others = unfinished;
      unfinished = own.then(() => others);
    },
    async idle() {
      await unfinished;
      acks.flush();
    },
  };
}

/** The ports of one post: its append waits for its turn. */
export function inTurn(ports: Ports, turn: Turn): Ports {
  return {
    ...ports,
    log: {
      ...ports.log,
      async append(event) {
        await turn.before;
        const appended = ports.log.append(event);
        turn.done();
        await appended;
      },
    },
  };
}
