/** The mapping must never change: these are Java's own results for murmur2, taken modulo the number of partitions. */
import { expect, test } from "bun:test";
import { partitionOf } from "./partitions.ts";

test.each([
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
])("the partition of %s is the one of every Kafka client", (key, hash) => {
  for (const partitions of [1, 6, 12, 100]) expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
});

test("rooms spread over all partitions", () => {
  const used = new Set(Array.from({ length: 500 }, () => partitionOf(Bun.randomUUIDv7(), 12)));
  expect(used.size).toBe(12);
});
