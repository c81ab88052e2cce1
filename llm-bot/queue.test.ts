import { expect, test } from "bun:test";
import { createQueue, maxWaiting, maxWaitingPerRoom } from "./queue.ts";

test("rooms take turns, and each room's questions stay in order", () => {
  const queue = createQueue<string>();
  for (const job of ["a1", "a2", "a3", "b1", "c1", "c2"]) queue.add(job.slice(0, 1), job);
  expect(queue.jobs()).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
  expect(queue.jobs().map((job) => queue.placeOf(job))).toEqual([0, 1, 2, 3, 4, 5]);
  const taken: (string | undefined)[] = [];
  for (let turn = 0; turn < 3; turn++) taken.push(queue.take());
  queue.add("b", "b2");
  while (queue.size() > 0) taken.push(queue.take());
  expect(taken).toEqual(["a1", "b1", "c1", "a2", "c2", "b2", "a3"]);
  expect(queue.take()).toBeUndefined();
});

test("a room is full at its bound, and all are at theirs", () => {
  const queue = createQueue<number>();
  for (let job = 1; job < maxWaitingPerRoom; job++) queue.add("a", job);
  expect(queue.isFull("a")).toBe(false);
  queue.add("a", maxWaitingPerRoom);
  expect([queue.isFull("a"), queue.isFull("b")]).toEqual([true, false]);
  for (let job = queue.size() + 1; job < maxWaiting; job++) queue.add(`r${job}`, job);
  expect(queue.isFull("b")).toBe(false);
  queue.add("z", maxWaiting);
  expect(queue.isFull("b")).toBe(true);
});

test("what is removed does not come, and is removed once", () => {
  const queue = createQueue<string>();
  for (const job of ["a1", "a2", "b1"]) queue.add(job.slice(0, 1), job);
  expect([queue.remove("a1"), queue.remove("a1"), queue.placeOf("a1")]).toEqual([true, false, undefined]);
  expect([queue.take(), queue.take(), queue.size()]).toEqual(["a2", "b1", 0]);
});
