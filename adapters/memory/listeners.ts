/** Listeners by key, called one after the other. One that throws is reported and harms no other. */
import type { Unsubscribe } from "#domain/ports/index.ts";

/** Where the failure of a listener goes: it is a bug of the listener, not of who has news. */
export type ReportFailure = (error: unknown) => void;

export interface Listeners<Key, News> {
  add(key: Key, listener: (news: News) => void): Unsubscribe;
  tell(key: Key, news: News): void;
}

export function createListeners<Key, News>(report: ReportFailure = console.error): Listeners<Key, News> {
  // Each addition is a holder of its own: the same function may listen twice.
  type Holder = { readonly listener: (news: News) => void };
  const byKey = new Map<Key, Set<Holder>>();

  return {
    add(key, listener) {
      const holder = { listener };
      const holders = byKey.get(key) ?? new Set();
      byKey.set(key, holders.add(holder));
      return async () => {
        holders.delete(holder);
        if (holders.size === 0 && byKey.get(key) === holders) byKey.delete(key);
      };
    },

    tell(key, news) {
      for (const { listener } of [...(byKey.get(key) ?? [])]) {
        try {
          listener(news);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
