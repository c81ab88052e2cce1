import { expect, test } from "bun:test";
import fc from "fast-check";
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { directKeyOf, maxRoomNameLength, maxTopicLength, parseRoomName, parseTopic, slugOf } from "./room.ts";

test.each([
  ["Team Talk", "team-talk"],
  ["C++ & Rust!", "c-rust"],
  ["Привет мир", "привет-мир"],
  ["--x--", "x"],
  ["++", "room"],
  ["👩‍💻", "room"],
  ["👨‍👩‍👧 home", "home"],
  ["می‌خواهم", "میخواهم"],
])("the slug of %j is %j", (name, slug) => {
  expect(slugOf(parseRoomName(name))).toBe(slug);
});

test.each(["", "  ", "\u200D", "\u2800", "a\u202Eb", "a\nb", "\0", "x".repeat(maxRoomNameLength + 1)])(
  "%j names no room",
  (name) => {
    expect(() => parseRoomName(name)).toThrow(ChatError);
  },
);

test("a leading # is how people write rooms, not part of the name", () => {
  expect(parseRoomName("# cats  and dogs")).toBe("cats and dogs");
});

test("a topic may be as long as the limit and no longer", () => {
  expect(parseTopic("x".repeat(maxTopicLength))).toHaveLength(maxTopicLength);
  expect(() => parseTopic("x".repeat(maxTopicLength + 1))).toThrow(ChatError);
});

test("a direct room's key does not depend on who asks", () => {
  expect(directKeyOf(["b" as UserId, "a" as UserId])).toBe(directKeyOf(["a" as UserId, "b" as UserId, "a" as UserId]));
});

test("any name that is taken has a slug of letters, digits and dashes, which can stand in an address", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (text) => {
      let name: string;
      try {
        name = parseRoomName(text);
      } catch {
        return;
      }
      expect(slugOf(name)).toMatch(/^[\p{L}\p{Nd}\p{M}]+(?:-[\p{L}\p{Nd}\p{M}]+)*$/u);
    }),
    { numRuns: 2_000, seed: 2 },
  );
});
