/** Ids ascend and are version 7; words are evenly spread. */
import { expect, test } from "bun:test";
import { isEventId } from "#domain/ids.ts";
import { createBunIds } from "./ids.ts";

test("ids are UUIDs of version 7, and each is greater than the one before", () => {
  const ids = createBunIds();
  let last = "";
  for (let made = 0; made < 50_000; made++) {
    const id = ids.next();
    if (!isEventId(id) || id <= last) throw new Error(`${id} after ${last}`);
    last = id;
  }
});

test("ids ascend also when the clock is set back", () => {
  let now = Date.now();
  const ids = createBunIds(() => Bun.randomUUIDv7("hex", now));
  const made = [ids.next()];
  now -= 3_600_000;
  for (let more = 0; more < 1_000; more++) made.push(ids.next());
  expect(made).toEqual(made.toSorted());
  expect(new Set(made).size).toBe(made.length);
});

test("a word has the length asked for, and every letter and digit about equally often", () => {
  const { word } = createBunIds();
  for (const length of [0, 1, 8, 333]) expect(word(length)).toMatch(new RegExp(`^[a-z0-9]{${length}}$`));
  const counts = new Map<string, number>();
  const total = 360_000;
  for (const letter of word(total)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(36);
  // A modulo without rejection would give the first four letters 14 % more than the others; chance alone gives below 5 %.
  for (const count of counts.values()) expect(Math.abs(count / (total / 36) - 1)).toBeLessThan(0.07);
});
