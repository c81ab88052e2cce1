/**
 * A server that is frozen, or vanished from the network, answers nothing and refuses nothing. What is asked of it fails after a
 * while, and then at once, until it answers again: what it still owes, or a question that is asked for that alone.
 */
import { DatabaseLost } from "./database.ts";

/** Longer than any reading takes; less than the five seconds after which a proxy in front gives up on a request. */
export const answerWithinMs = 4_000;
/** While it is silent it is asked this often whether it is back. */
export const askAgainMs = 1_000;

export interface AnswerDeadline {
  /** @throws DatabaseLost when it takes too long, or while the server is silent; whatever the work throws */
  within<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

export interface DeadlineOptions {
  /** Any question; its answer says that the server is there. */
  readonly probe: () => Promise<unknown>;
  readonly answerWithinMs?: number;
  readonly askAgainMs?: number;
}

export function createAnswerDeadline({ probe, ...given }: DeadlineOptions): AnswerDeadline {
  const limits = { answerWithinMs, askAgainMs, ...given };
  let silent = false;
  let probing = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  function heard(): void {
    silent = false;
    clearInterval(timer);
    timer = undefined;
  }

  function fallSilent(): void {
    silent = true;
    timer ??= setInterval(ask, limits.askAgainMs);
  }

  /** One at a time: a frozen server keeps what it was asked. */
  function ask(): void {
    if (probing) return;
    probing = true;
    probe()
      .then(heard, heard)
      .finally(() => {
        probing = false;
      });
  }

  return {
    async within(work) {
      if (silent) throw new DatabaseLost("The database has not answered for a while.");
      const { promise, reject } = Promise.withResolvers<never>();
      const late = setTimeout(() => {
        fallSilent();
        reject(new DatabaseLost(`The database did not answer within ${limits.answerWithinMs / 1_000} s.`));
      }, limits.answerWithinMs);
      const answer = work();
      // Also when it comes late: then nobody waits for it, but the server is there.
      answer.then(heard, heard);
      try {
        return await Promise.race([answer, promise]);
      } finally {
        clearTimeout(late);
      }
    },
    close: () => clearInterval(timer),
  };
}
