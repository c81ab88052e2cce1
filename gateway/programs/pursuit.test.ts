import { beforeEach, expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import type { RoomId } from "#domain/ids.ts";
import { createPursuit } from "./pursuit.ts";

const room = Bun.randomUUIDv7() as RoomId;
let shown: { epoch: string; offset: number };
let readable: number;

beforeEach(() => {
  shown = { epoch: "e1", offset: 5 };
  readable = 9;
});

/** Publications are their offsets. */
const pursuit = (offset: number, epoch = "e1") =>
  createPursuit({
    room: { id: room, offset: 5 },
    missed: {
      read: async (_room, _epoch, after) =>
        Array.from({ length: Math.max(0, readable - after) }, (_, n) => `${after + 1 + n}`),
    },
    followed: { id: room, shown: () => shown, growing: () => [], join: () => "topic", release: () => {} },
    from: { epoch, offset },
  });

test("gives what the hub has shown and nothing past it, though more can be read", async () => {
  const on = pursuit(2);
  expect(on.arrived()).toBe(false);
  expect(await on.next(100)).toEqual(["3", "4", "5"]);
  expect(on.arrived()).toBe(true);
  expect(await on.next(100)).toEqual([]);
  shown = { epoch: "e1", offset: 8 };
  expect(on.arrived()).toBe(false);
  expect(await on.next(100)).toEqual(["6", "7", "8"]);
  expect(on.after()).toBe(8);
});

test("gives at most so much at once, and at least one", async () => {
  const on = pursuit(0);
  expect(await on.next(2)).toEqual(["1", "2"]);
  expect(await on.next(0)).toEqual(["3"]);
  expect(await on.next(9)).toEqual(["4", "5"]);
  expect(on.after()).toBe(5);
});

test("is at its end in another epoch, also when that begins on the way", async () => {
  expect(await pursuit(2, "e0").next(100)).toBeUndefined();
  const on = pursuit(2);
  expect(await on.next(1)).toEqual(["3"]);
  shown = { epoch: "e2", offset: 50 };
  expect(await on.next(100)).toBeUndefined();
  expect(on.arrived()).toBe(false);
});

test("waits a moment for an offset that another gateway may have shown already, and for what can't be read yet", async () => {
  const ahead = pursuit(6);
  setTimeout(() => {
    shown = { epoch: "e1", offset: 7 };
  }, 30);
  expect(await ahead.next(100)).toEqual(["7"]);
  readable = 0;
  const late = pursuit(2);
  setTimeout(() => {
    readable = 3;
  }, 30);
  expect(await late.next(100)).toEqual(["3"]);
});

test("says so when what was missed can't be read, or the offset never was", async () => {
  expect(await pursuit(6).next(100)).toBeUndefined();
  readable = 0;
  const error = await pursuit(2)
    .next(100)
    .catch((thrown) => thrown);
  expect(isChatError(error, "unavailable")).toBe(true);
});
