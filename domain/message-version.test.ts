/** Versions of messages: another one for whatever else a message says, the same whoever reacts to it. */
import { expect, test } from "bun:test";
import { isChatError } from "./errors.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Message } from "./message.ts";
import { checkVersion, versionOf } from "./message-version.ts";

const message: Message = {
  id: "m" as EventId,
  room: "r" as RoomId,
  offset: 1,
  author: { id: "u" as UserId, name: "ana" },
  text: "hello",
  at: "2026-01-01T00:00:00.000Z",
  mentions: [],
};
const editedAt = "2026-01-01T00:00:01.000Z";

test("every other thing it says is another version", () => {
  const said: Message[] = [
    message,
    { ...message, text: "hello " },
    { ...message, text: "hellp" },
    { ...message, text: "ab" },
    { ...message, text: "ba" },
    { ...message, editedAt },
    { ...message, editedAt: "2026-01-01T00:00:01.001Z" },
    { ...message, text: "", deleted: true },
    { ...message, answer: { question: "q" as EventId, asker: "u" as UserId, state: "growing" } },
    { ...message, answer: { question: "q" as EventId, asker: "u" as UserId, state: "complete" } },
  ];
  expect(new Set(said.map(versionOf)).size).toBe(said.length);
  for (const version of said.map(versionOf)) expect(version).toMatch(/^[\w-]+$/);
});

test("a hundred thousand texts have as many versions", () => {
  const versions = new Set<string>();
  for (let n = 0; n < 100_000; n++) versions.add(versionOf({ ...message, text: `message ${n}` }));
  expect(versions.size).toBe(100_000);
});

test("reactions, mentions and what it answers are no part of it", () => {
  const reactions = [{ emoji: "👍", users: ["u" as UserId] }];
  expect(versionOf({ ...message, reactions, mentions: ["x" as UserId] } as Message)).toBe(versionOf(message));
});

test("another version than those expected is refused, with what the message says now", () => {
  checkVersion(message, undefined);
  checkVersion(message, ["x", versionOf(message)]);
  for (const expected of [[], ["x"]]) {
    try {
      checkVersion(message, expected);
      throw new Error("it was taken");
    } catch (error) {
      expect(isChatError(error, "changed") && error.current).toEqual({ version: versionOf(message), text: "hello" });
    }
  }
});
