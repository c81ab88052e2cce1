/** One after the other, in the order of asking, and no more than a few waiting. */

export interface Turns {
  /** Undefined when too many wait already. @throws the signal's reason if it fires while waiting */
  take(signal: AbortSignal): Promise<Turn> | undefined;
  /** How many have a turn or wait for one. */
  count(): number;
}

/** Whoever has it holds up all others. */
export interface Turn extends Disposable {}

export function createTurns(mostWaiting: number): Turns {
  const waiting: (() => void)[] = [];
  let taken = false;

  const turn = (): Turn => {
    let over = false;
    return {
      [Symbol.dispose]() {
        if (over) return;
        over = true;
        const next = waiting.shift();
        if (next) next();
        else taken = false;
      },
    };
  };

  return {
    count: () => waiting.length + (taken ? 1 : 0),
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (!taken) {
        taken = true;
        return Promise.resolve(turn());
      }
      if (waiting.length >= mostWaiting) return undefined;
      return new Promise((resolve, reject) => {
        const begin = () => {
          signal.removeEventListener("abort", leave);
          resolve(turn());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(begin), 1);
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        waiting.push(begin);
      });
    },
  };
}
