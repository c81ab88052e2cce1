/** Sealed signing keys in memory. */
import type { KeyRecord, KeyStore } from "#domain/ports/index.ts";

export function createMemoryKeyStore(): KeyStore {
  let keys: readonly KeyRecord[] = [];

  return {
    list: async () => keys,
    async add(key, unlessNewerThan) {
      if (keys.some(({ createdAt }) => createdAt > unlessNewerThan)) return false;
      keys = [...keys, key].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
      return true;
    },
    async removeBefore(time) {
      keys = keys.filter(({ createdAt }) => createdAt >= time);
    },
  };
}
