/**
 * Lets sockets in a few at a time. When a gateway dies, thousands come to the others at once; each costs a fraction of a millisecond
 * until it is caught up, which together would be seconds in which nobody else hears anything.
 */

/** So many are let in, then everything else has its turn. They share look-ups and writes: twice as many half as often cost an eighth less. */
export const letInAtOnce = 8;
/** Coming costs, too: while more come than are let in, fewer are, for so long at most, since those who wait wait longer for it. */
export const letInWhileMoreCome = 2;
export const gentleMs = 1_000;
export const turnMs = 8;
/** Who comes when so many wait is told to come later: it would have given up before its turn. */
export const maxWaiting = 5_000;

export interface Turnstile {
  /** Resolves when it is this one's turn: at once, unless many come. @returns false when too many wait */
  enter(): Promise<boolean>;
  waiting(): number;
}

/** What tests turn by hand. */
export interface TurnstileClock {
  /** Milliseconds since any moment. */
  now(): number;
  after(ms: number, work: () => void): void;
}

const ownClock: TurnstileClock = { now: () => performance.now(), after: (ms, work) => void setTimeout(work, ms) };

export function createTurnstile(clock = ownClock): Turnstile {
  const waiting: (() => void)[] = [];
  let left = letInAtOnce;
  let turning = false;
  /** Since the last turn. */
  let came = 0;
  /** When the first of those who wait came. */
  let crowdedAt = 0;

  /** Timers are late when there was much to do: so nobody is let in while what came with the last ones is being done. */
  const nextTurn = () => {
    const gently = came > letInAtOnce && clock.now() - crowdedAt < gentleMs;
    const next = waiting.splice(0, gently ? letInWhileMoreCome : letInAtOnce);
    came = 0;
    left = letInAtOnce - next.length;
    turning = next.length > 0;
    if (turning) clock.after(turnMs, nextTurn);
    for (const letIn of next) letIn();
  };

  return {
    waiting: () => waiting.length,
    async enter() {
      came += 1;
      if (waiting.length >= maxWaiting) return false;
      if (left > 0 && waiting.length === 0) {
        left -= 1;
        if (!turning) clock.after(turnMs, nextTurn);
        turning = true;
        return true;
      }
      if (waiting.length === 0) crowdedAt = clock.now();
      await new Promise<void>((resolve) => waiting.push(resolve));
      return true;
    },
  };
}
