/** Slots as Redis Cluster computes them. */
import { expect, test } from "bun:test";
import { rangesOf, slotCount, slotOf, tagOf } from "./slots.ts";

test("a slot is the CRC-16 of the key, or of what stands between its first braces", () => {
  expect(slotOf("123456789")).toBe(0x31c3);
  expect(slotOf("foo")).toBe(12_182);
  expect(slotOf("{user1000}.following")).toBe(slotOf("user1000"));
  expect(slotOf("foo{{bar}}zap")).toBe(slotOf("{bar"));
  expect(slotOf("foo{bar}{zap}")).toBe(slotOf("bar"));
  expect(slotOf("foo{}{bar}")).not.toBe(slotOf("bar"));
  expect(slotOf("žluťoučký")).toBe(10_907);
});

test("every slot has a short tag that belongs to it", () => {
  for (let slot = 0; slot < slotCount; slot += 97) expect(slotOf(`life:{${tagOf(slot)}}`)).toBe(slot);
  expect(tagOf(5)).toBe(tagOf(5));
});

test("a server may not know its own name", () => {
  expect(
    rangesOf([
      [0, 99, ["10.0.0.1", 6379]],
      [100, 199, [null, 6380]],
    ]),
  ).toEqual([
    { from: 0, to: 99, host: "10.0.0.1", port: 6379 },
    { from: 100, to: 199, host: "", port: 6380 },
  ]);
});
