/** Work of which only so much is done at once; the rest waits in the order in which it came. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** @param mayWait hears how many wait already, and throws where one more would be too many */
export function createTurns(atOnce: number, mayWait: (waiting: number) => void = () => undefined): Turns {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
    if (underWay < atOnce) underWay += 1;
    else {
      mayWait(waiting.length);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // A place is handed on, not given back: nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
