import { expect, test } from "bun:test";
import { type Database, queriesOver } from "#db/database.ts";
import { closeWithinMs, startErasing } from "./erase-events.ts";

/** Finds one deleted message, and answers nothing more: it is frozen, or gone without a word. */
function frozenDatabase() {
  const asked = Promise.withResolvers<void>();
  const database = {
    queries: queriesOver(async () => [{}]),
    async transaction() {
      asked.resolve();
      return await new Promise<never>(() => undefined);
    },
  } as unknown as Database;
  return { database, asked: asked.promise };
}

test("closing waits for a piece that the database does not answer to for a while, not for ever", async () => {
  const { database, asked } = frozenDatabase();
  const told: unknown[] = [];
  const eraser = startErasing(database, (error) => told.push(error));
  await asked;
  const before = performance.now();
  await eraser.close();
  expect(performance.now() - before).toBeGreaterThanOrEqual(closeWithinMs - 10);
  expect(told).toEqual([]);
});

test("closing ends at once when nothing is left", async () => {
  const looked = Promise.withResolvers<void>();
  const database = {
    queries: queriesOver(async () => {
      looked.resolve();
      return [];
    }),
  } as unknown as Database;
  const eraser = startErasing(database, () => undefined);
  await looked.promise;
  const before = performance.now();
  await eraser.close();
  expect(performance.now() - before).toBeLessThan(closeWithinMs);
});
