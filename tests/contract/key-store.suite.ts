/**
 * What every key store promises: gateways that rotate together make one key. Keys belong to the whole store, so the
 * test clears them.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import type { KeyRecord } from "#domain/ports/index.ts";
import { type OpenStores, type Stores, timeAfter, word } from "./store-world.ts";

export function keyStoreSuite(name: string, open: OpenStores): void {
  describe(`key store: ${name}`, () => {
    let stores: Stores;

    beforeEach(async () => {
      stores = await open();
      await stores.keys.removeBefore("9999-01-01T00:00:00.000Z");
    });

    const newKey = (ms: number): KeyRecord => ({ kid: word("k"), sealed: word("sealed"), createdAt: timeAfter(ms) });

    test("keys are listed newest first and removed by age", async () => {
      const keys = [newKey(1_000), newKey(2_000), newKey(3_000)] as const;
      for (const key of keys) expect(await stores.keys.add(key, timeAfter(10_000))).toBe(true);
      expect(await stores.keys.list()).toEqual([keys[2], keys[1], keys[0]]);
      await stores.keys.removeBefore(timeAfter(2_000));
      expect(await stores.keys.list()).toEqual([keys[2], keys[1]]);
    });

    test("no key is added while a newer one than asked exists", async () => {
      const first = newKey(1_000);
      await stores.keys.add(first, timeAfter(0));
      expect(await stores.keys.add(newKey(1_500), timeAfter(999))).toBe(false);
      expect(await stores.keys.add(newKey(2_000), timeAfter(1_000))).toBe(true);
    });

    test("of several that rotate at once one adds its key", async () => {
      const added = await Promise.all([0, 1, 2, 3, 4].map((ms) => stores.keys.add(newKey(1_000 + ms), timeAfter(500))));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await stores.keys.list()).toHaveLength(1);
    });
  });
}
