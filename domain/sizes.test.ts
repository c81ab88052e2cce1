import { expect, test } from "bun:test";
import type { RoomEvent } from "./events.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { TimelineEntry } from "./message.ts";
import { entriesWithin, entryBytes, eventBytes, headBytes } from "./sizes.ts";

const ana = { id: "ana" as UserId, name: "ana" };

function saying(text: string, offset: number): TimelineEntry {
  const head = { id: `e${offset}` as EventId, room: "r" as RoomId, offset, at: "2026-11-21T10:00:00.000Z" };
  return { kind: "message", message: { ...head, author: ana, text, mentions: [] } };
}

for (const [what, text, bytes] of [
  ["one byte each", "aaaa", 4],
  ["two", "éé", 4],
  ["three", "ああ", 6],
  ["four", "😀😀", 8],
] as const) {
  const entries = [1, 2, 3, 4].map((offset) => saying(text, offset));
  const two = 2 * (headBytes + bytes);
  const all = 2 * two;

  test(`texts of characters of ${what} are counted to the byte: two fill their budget, and three one more`, () => {
    expect(entries.map(entryBytes)).toEqual(Array(4).fill(headBytes + bytes));
    expect(entriesWithin(entries, { maxBytes: two })).toEqual(entries.slice(-2));
    expect(entriesWithin(entries, { maxBytes: two + 1 })).toEqual(entries.slice(-3));
    expect(entriesWithin(entries, { maxBytes: two, from: "oldest" })).toEqual(entries.slice(0, 2));
    expect(entriesWithin(entries, { maxBytes: two + 1, from: "oldest" })).toEqual(entries.slice(0, 3));
  });

  test(`of characters of ${what} all stay that fit, and one at least`, () => {
    expect(entriesWithin(entries, { maxBytes: all })).toBe(entries);
    expect(entriesWithin(entries, {})).toBe(entries);
    expect(entriesWithin(entries, { maxBytes: 1 })).toEqual(entries.slice(-1));
    expect(entriesWithin(entries, { maxBytes: 1, from: "oldest" })).toEqual(entries.slice(0, 1));
  });
}

test("what a newer version added to an event is counted to the byte, whatever the event", () => {
  const head = { id: "e" as EventId, room: "r" as RoomId, author: ana, at: "", offset: 1, ext: { é: [1] } };
  const posted: RoomEvent = { ...head, type: "message.posted", text: "b", mentions: [] };
  expect(eventBytes({ ...head, type: "event.discarded" })).toBe(headBytes + 10);
  expect(eventBytes(posted)).toBe(headBytes + 10 + 1);
});
