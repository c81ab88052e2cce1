/** How often the group hears how far its readers are. */
import { expect, test } from "bun:test";
import { createPositionHints } from "./position-hints.ts";

test("the newest of each partition is told together, once, and nothing of partitions that were taken away", async () => {
  const told: unknown[] = [];
  const hints = createPositionHints({ commitOffsets: async (offsets) => void told.push(offsets) }, "events");
  hints.note(0, 5);
  hints.note(1, 7);
  hints.note(0, 6);
  await hints.flush();
  await hints.flush();
  hints.note(2, 1);
  hints.forget();
  await hints.flush();
  expect(told).toEqual([
    [
      { topic: "events", partition: 0, offset: "6" },
      { topic: "events", partition: 1, offset: "7" },
    ],
  ]);
});

test("a group that can't be told is not waited for", async () => {
  const hints = createPositionHints({ commitOffsets: () => Promise.reject(new Error("no member")) }, "events");
  hints.note(0, 5);
  await hints.flush();
});
