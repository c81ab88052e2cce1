/** Event ids: their form, and that they rise even when the clock does not. */
import { expect, test } from "bun:test";
import { newEventId } from "./event-id.ts";

test("an id is a UUID of version 7 that carries its time", () => {
  const id = newEventId(1_900_000_000_000);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(1_900_000_000_000);
});

test("ten thousand ids of one millisecond rise, also when the clock steps back", () => {
  const ids = Array.from({ length: 10_000 }, () => newEventId(1_950_000_000_000));
  ids.push(newEventId(1_940_000_000_000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
