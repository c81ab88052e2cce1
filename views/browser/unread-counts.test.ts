/** Unread counts: each message once, whatever order the server's counts and live activity come in. */
import { expect, test } from "bun:test";
import { createUnreadCounts } from "./unread-counts.ts";

const activity = (from: number, to: number, author = "ana", mentions: string[] = []) => ({
  room: "r",
  from,
  to,
  messages: Array.from({ length: to - from + 1 }, (_, each) => [from + each, author, mentions] as const),
});

test("live messages count once, own ones never, mentions apart", () => {
  const counts = createUnreadCounts("me");
  counts.activity(activity(1, 3));
  counts.activity(activity(2, 4, "ana", ["me"]));
  counts.activity(activity(5, 5, "me"));
  expect(counts.of("r")).toEqual({ unread: 4, mentions: 1 });
});

test("what the server counted already is not counted again", () => {
  const counts = createUnreadCounts("me");
  counts.server({ room: "r", readOffset: 10, unread: 2, mentions: 0 });
  counts.activity(activity(11, 13));
  expect(counts.of("r")?.unread).toBe(3);
  counts.server({ room: "r", readOffset: 10, unread: 3, mentions: 0, offset: 13 });
  expect(counts.of("r")?.unread).toBe(3);
});

test("with an offset, activity after it stays counted", () => {
  const counts = createUnreadCounts("me");
  counts.activity(activity(1, 5));
  counts.server({ room: "r", readOffset: 0, unread: 3, mentions: 0, offset: 3 });
  expect(counts.of("r")?.unread).toBe(5);
});

test("reading takes away what was read, and older server counts do not bring it back", () => {
  const counts = createUnreadCounts("me");
  counts.activity(activity(1, 5));
  counts.readTo("r", 3);
  expect(counts.of("r")?.unread).toBe(2);
  expect(counts.server({ room: "r", readOffset: 1, unread: 4, mentions: 0 })).toBe(false);
  expect(counts.of("r")?.unread).toBe(2);
  counts.readTo("r", 5);
  expect(counts.of("r")).toEqual({ unread: 0, mentions: 0 });
});

test("a room with thousands unread is counted without remembering each", () => {
  const counts = createUnreadCounts("me");
  counts.activity(activity(1, 3_000));
  expect(counts.of("r")?.unread).toBe(3_000);
  counts.readTo("r", 3_000);
  expect(counts.of("r")?.unread).toBe(0);
});
