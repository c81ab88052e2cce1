/**
 * Turns at rendering. One text may take some 10 ms, and a page or a socket that catches up has a dozen of them: whoever asks for many
 * at once waits for their own, and everybody else has a turn in between. What is rendered is kept (views/message-text.ts), so that
 * what comes after this finds it made.
 */
import { ChatError } from "#domain/errors.ts";
import { firstWithin } from "#domain/sizes.ts";

/** Rendering goes on for so long in one go, and to the end of the text in hand; in milliseconds. */
export const turnMs = 5;
/** What else there is to do has so long before the next turn, in milliseconds: an answer takes several steps. */
export const restMs = 2;
/** Pages of one person that wait for each other; one is rendered. A further one is refused. */
export const maxWaitingPerPerson = 100;
const retryAfterMs = 2_000;

export interface RenderTurns {
  /**
   * As firstWithin, where `bytesOf` renders: in turns with whoever else renders, and after what the same holder asked for before.
   * @throws ChatError rate-limited when that is too much
   */
  firstWithin<Item>(
    holder: string,
    items: readonly Item[],
    bytesOf: (item: Item) => number,
    maxBytes?: number,
  ): Promise<readonly Item[]>;
}

/** What tests turn by hand. */
export interface RenderClock {
  /** Milliseconds since any moment. */
  now(): number;
  after(ms: number, work: () => void): void;
}

const ownClock: RenderClock = { now: () => performance.now(), after: (ms, work) => void setTimeout(work, ms) };

export function createRenderTurns(clock = ownClock): RenderTurns {
  /** One of each holder at most, since each has a line of their own. */
  const waiting: (() => void)[] = [];
  const lines = new Map<string, { end: Promise<unknown>; length: number }>();
  /** Since the last turn. */
  let spentMs = 0;
  let turning = false;

  const nextTurn = () => {
    spentMs = 0;
    const next = waiting.shift();
    turning = next !== undefined;
    if (turning) clock.after(restMs, nextTurn);
    next?.();
  };

  const ownTurn = async () => await new Promise<void>((resolve) => waiting.push(resolve));

  const measured = <Item>(bytesOf: (item: Item) => number, item: Item): number => {
    const since = clock.now();
    const bytes = bytesOf(item);
    spentMs += clock.now() - since;
    if (!turning) clock.after(restMs, nextTurn);
    turning = true;
    return bytes;
  };

  const inLine = async (holder: string, work: () => Promise<void>) => {
    const line = lines.get(holder) ?? { end: Promise.resolve(), length: 0 };
    if (line.length > maxWaitingPerPerson) {
      const sentence = "Wait for the pages that you asked for before you ask for more.";
      throw new ChatError("rate-limited", sentence, { retryAfterMs });
    }
    lines.set(holder, line);
    line.length += 1;
    const own = line.end.then(work);
    line.end = own.catch(() => undefined);
    try {
      await own;
    } finally {
      line.length -= 1;
      if (line.length === 0) lines.delete(holder);
    }
  };

  return {
    async firstWithin(holder, items, bytesOf, maxBytes = Number.POSITIVE_INFINITY) {
      const rendered: number[] = [];
      let bytes = 0;
      await inLine(holder, async () => {
        if (waiting.length > 0) await ownTurn();
        for (const item of items) {
          if (spentMs >= turnMs) await ownTurn();
          const own = measured(bytesOf, item);
          rendered.push(own);
          bytes += own;
          if (bytes >= maxBytes) return;
        }
      });
      let at = 0;
      return firstWithin(items, () => rendered[at++] ?? 0, maxBytes);
    },
  };
}

/** All gateways of a process share its one thread. */
export const renderTurns = createRenderTurns();
