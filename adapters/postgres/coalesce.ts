/**
 * Gathers look-ups into few queries: while one query is on its way, the look-ups that come join the next. So a query
 * serves one caller when it is quiet and many when it is busy. Keeps no answer.
 */
import DataLoader from "dataloader";

/** Keys in one query; more go into further queries. */
export const maxCoalescedKeys = 200;

/** `read` answers a map of what it found, by `keyOf` the key. */
export function coalesce<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
  keyOf: (key: Key) => unknown = (key) => key,
): (key: Key) => Promise<Value | undefined> {
  const turns = createTurns();
  const loader = new DataLoader<Key, Value | undefined>(
    async (keys) => {
      try {
        const distinct = new Map(keys.map((key) => [keyOf(key), key]));
        const found = await read([...distinct.values()]);
        return keys.map((key) => found.get(keyOf(key)));
      } finally {
        turns.done();
      }
    },
    { cache: false, maxBatchSize: maxCoalescedKeys, batchScheduleFn: turns.take },
  );
  return async (key) => await loader.load(key);
}

/** One query at a time, each started in the turn of the event loop after the one that made it possible. */
function createTurns() {
  const waiting: (() => void)[] = [];
  let busy = false;
  const next = () => {
    const start = waiting.shift();
    busy = start !== undefined;
    if (start !== undefined) setImmediate(start);
  };
  return {
    take(start: () => void) {
      waiting.push(start);
      if (!busy) next();
    },
    done: next,
  };
}
