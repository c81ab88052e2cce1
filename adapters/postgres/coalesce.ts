/** Gathers look-ups of one turn of the event loop into one query. Keeps no answer. */
import DataLoader from "dataloader";

/** Keys in one query; more go into further queries. */
export const maxCoalescedKeys = 200;

/** `read` answers a map of what it found, by `keyOf` the key. */
export function coalesce<Key, Value>(
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<unknown, Value>>,
  keyOf: (key: Key) => unknown = (key) => key,
): (key: Key) => Promise<Value | undefined> {
  const loader = new DataLoader<Key, Value | undefined>(
    async (keys) => {
      const distinct = new Map(keys.map((key) => [keyOf(key), key]));
      const found = await read([...distinct.values()]);
      return keys.map((key) => found.get(keyOf(key)));
    },
    { cache: false, maxBatchSize: maxCoalescedKeys },
  );
  return async (key) => await loader.load(key);
}
