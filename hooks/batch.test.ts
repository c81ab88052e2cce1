import { expect, test } from "bun:test";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, HookId, RoomId, UserId } from "#domain/ids.ts";
import { batchOf, epochGap, maxBatchBytes, maxBatchEvents, unbroken } from "./batch.ts";

const hook = "019a8f3c-1d2e-7c4b-9f60-5a1b2c3d4e5f" as HookId;
const room = "019a8f3c-1d2e-7c4b-9f60-5a1b2c3d4e60" as RoomId;
const event = (offset: number, text = "hello"): RoomEvent => ({
  id: `e${offset}` as EventId,
  room,
  offset,
  author: { id: "u" as UserId, name: "ana" },
  at: "2026-01-02T03:04:05.006Z",
  type: "message.posted",
  text,
  mentions: [],
});
const offsetsOf = (events: readonly RoomEvent[]) => events.map(({ offset }) => offset);

test("ends before a hole, which may yet be filled, and not before a new epoch", () => {
  expect(
    offsetsOf(
      unbroken(
        [3, 4, 6].map((at) => event(at)),
        2,
      ),
    ),
  ).toEqual([3, 4]);
  expect(unbroken([event(4)], 2)).toEqual([]);
  expect(
    offsetsOf(
      unbroken(
        [3, 3 + epochGap, 4 + epochGap].map((at) => event(at)),
        2,
      ),
    ),
  ).toEqual([3, 3 + epochGap, 4 + epochGap]);
  expect(unbroken([], 2)).toEqual([]);
});

test("takes as many events as may be, in a body that says which", () => {
  const events = Array.from({ length: maxBatchEvents + 1 }, (_, at) => event(at + 1));
  const { id, body, to } = batchOf(hook, room, events);
  expect([id, to]).toEqual([`${hook}.1-${maxBatchEvents}`, maxBatchEvents]);
  expect(JSON.parse(body)).toEqual({
    type: "room.events",
    timestamp: "2026-01-02T03:04:05.006Z",
    data: { room, events: events.slice(0, maxBatchEvents) },
  });
});

test("keeps within its bytes, and sends an event that is too large alone", () => {
  const large = Array.from({ length: 5 }, (_, at) => event(at + 1, "é".repeat(40_000)));
  const batch = batchOf(hook, room, large);
  expect(batch.to).toBe(3);
  expect(Buffer.byteLength(batch.body)).toBeLessThanOrEqual(maxBatchBytes);
  expect(batchOf(hook, room, [event(1, "x".repeat(maxBatchBytes)), event(2)]).to).toBe(1);
});
