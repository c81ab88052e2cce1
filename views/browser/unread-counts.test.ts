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

const revised = (at: number, offset: number, { author = "ana", mentions = [] as string[], deleted = true } = {}) => ({
  ...{ room: "r", from: 0, to: 0, messages: [] },
  revised: [[at, offset, author, mentions, deleted] as const],
});

test("what is deleted is unread no more, once, and an edit changes who is mentioned", () => {
  const counts = createUnreadCounts("me");
  counts.activity(activity(1, 3, "ana", ["me"]));
  counts.activity(revised(4, 2));
  counts.activity(revised(5, 2));
  expect(counts.of("r")).toEqual({ unread: 2, mentions: 2 });
  counts.activity(revised(6, 3, { deleted: false }));
  expect(counts.of("r")).toEqual({ unread: 2, mentions: 1 });
  counts.activity(revised(7, 3, { deleted: false, mentions: ["me"] }));
  counts.activity(revised(8, 1));
  expect(counts.of("r")).toEqual({ unread: 1, mentions: 1 });
  expect(counts.isStale("r")).toBe(false);
  counts.activity(revised(9, 3));
  expect(counts.of("r")).toEqual({ unread: 0, mentions: 0 });
});

test("what the server counted is counted again by it, until the change is in it", () => {
  const counts = createUnreadCounts("me");
  counts.server({ room: "r", readOffset: 3, unread: 2, mentions: 0, offset: 5 });
  for (const other of [revised(6, 2), revised(6, 4, { author: "me" }), revised(6, 4, { deleted: false })]) {
    counts.activity(other);
    expect(counts.isStale("r")).toBe(false);
  }
  counts.activity(revised(7, 4));
  expect(counts.isStale("r")).toBe(true);
  counts.server({ room: "r", readOffset: 3, unread: 2, mentions: 0, offset: 6 });
  expect(counts.isStale("r")).toBe(true);
  counts.server({ room: "r", readOffset: 3, unread: 1, mentions: 0, offset: 7 });
  expect([counts.isStale("r"), counts.of("r")?.unread]).toEqual([false, 1]);
  counts.activity(revised(8, 5, { deleted: false, mentions: ["me"] }));
  expect(counts.isStale("r")).toBe(true);
  counts.readTo("r", 8);
  expect(counts.isStale("r")).toBe(false);
});

test("a change that is heard of before the first count is counted, too", () => {
  const counts = createUnreadCounts("me");
  counts.activity(revised(7, 4));
  expect(counts.isStale("r")).toBe(false);
  counts.server({ room: "r", readOffset: 3, unread: 2, mentions: 0, offset: 6 });
  expect(counts.isStale("r")).toBe(true);
});

test("a room that was left and joined again begins anew", () => {
  const counts = createUnreadCounts("me");
  counts.server({ room: "r", readOffset: 3, unread: 2, mentions: 1, offset: 5 });
  counts.forget("r");
  expect(counts.of("r")).toBeUndefined();
});
