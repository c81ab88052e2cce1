/** What is an emoji, and what reactions add up to, at the edges. */
import { expect, test } from "bun:test";
import { maxEmojiBytes } from "./emoji.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Message } from "./message.ts";
import { changesAmong, type ReactionChange, withChanges } from "./message-changes.ts";
import {
  canonicalReactions,
  checkRoomForReaction,
  maxEmojiPerMessage,
  maxReactionsPerMessage,
  parseEmoji,
  type Reaction,
  withReaction,
} from "./reaction.ts";

test.each(["👍", "👍🏽", "❤️", "👩‍🚀", "👨🏻‍❤️‍💋‍👨🏿", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "#️⃣", "7️⃣", "🫩", "♀️"])(
  "%s is an emoji",
  (emoji) => {
    expect(parseEmoji(emoji)).toBe(emoji);
    expect([...new Intl.Segmenter().segment(emoji)]).toHaveLength(1);
  },
);

test.each([
  ["nothing", ""],
  ["a letter", "a"],
  ["a digit", "7"],
  ["two", "👍👍"],
  ["one and a space", "👍 "],
  ["a shortcode", ":heart:"],
  ["half a flag", "🇫"],
  ["three halves of flags", "🇫🇷🇫"],
  ["a skin without a hand", "🏽"],
  ["a joiner at the end", "👩‍"],
  ["marks on top", `👍${"\u0300".repeat(3)}`],
  ["a lone surrogate", "\ud83d"],
  ["NUL", "\0"],
  ["one that never ends", `👩${"‍👩".repeat(9)}`],
])("%s is none", (_what, text) => {
  expect(() => parseEmoji(text)).toThrow("React with exactly one emoji.");
});

test("one written as text is the same as its picture; the longest is as long as the limit", () => {
  expect([parseEmoji("❤"), parseEmoji("✌"), parseEmoji("1⃣")]).toEqual(["❤️", "✌️", "1️⃣"]);
  const women = (count: number) => Array<string>(count).fill("👩").join("‍");
  const [fits, over] = [women(9), women(10)];
  expect(Buffer.byteLength(fits)).toBeLessThanOrEqual(maxEmojiBytes);
  expect(parseEmoji(fits)).toBe(fits);
  expect(() => parseEmoji(over)).toThrow();
});

test("what was stored as two forms of one emoji shows as one, each person once", () => {
  const stored = [
    { emoji: "👍", users: [ada, bob] },
    { emoji: "🎉", users: [ada] },
    { emoji: "👍\uFE0F", users: [bob, cy] },
  ];
  const shown = [
    { emoji: "👍", users: [ada, bob, cy] },
    { emoji: "🎉", users: [ada] },
  ];
  expect(canonicalReactions(stored)).toEqual(shown);
  expect(canonicalReactions(shown)).toBe(shown);
  expect(withReaction(stored, "👍\uFE0F", bob, false)).toEqual([{ emoji: "👍", users: [ada, cy] }, shown[1]!]);
});

const people = Array.from({ length: maxReactionsPerMessage }, () => Bun.randomUUIDv7() as UserId);
const [ada, bob, cy] = people as [UserId, UserId, UserId];

test("each person counts once per emoji, and what nobody chooses is gone and comes back last", () => {
  let reactions: readonly Reaction[] = [];
  const add = (emoji: string, user: UserId) => {
    reactions = withReaction(reactions, emoji, user, true);
  };
  const remove = (emoji: string, user: UserId) => {
    reactions = withReaction(reactions, emoji, user, false);
  };
  remove("👍", ada);
  expect(reactions).toEqual([]);
  add("👍", ada);
  add("🎉", bob);
  add("👍", bob);
  add("👍", ada);
  expect(reactions).toEqual([
    { emoji: "👍", users: [ada, bob] },
    { emoji: "🎉", users: [bob] },
  ]);
  remove("👍", ada);
  remove("👍", bob);
  add("👍", ada);
  expect(reactions.map(({ emoji }) => emoji)).toEqual(["🎉", "👍"]);
});

test("as many different emoji as fit, then only those; as many reactions as fit, then none", () => {
  const different = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ emoji: String.fromCodePoint(0x1f600 + n), users: [ada] }));
  checkRoomForReaction(different(maxEmojiPerMessage - 1), "👍");
  checkRoomForReaction(different(maxEmojiPerMessage), "😀");
  expect(() => checkRoomForReaction(different(maxEmojiPerMessage), "👍")).toThrow("choose one of those");
  checkRoomForReaction([{ emoji: "👍", users: people.slice(1) }], "👍");
  expect(() => checkRoomForReaction([{ emoji: "👍", users: people }], "👍")).toThrow("more don't fit");
});

test("one that does not fit any more is not there, wherever it was let in", () => {
  const full = Array.from({ length: maxEmojiPerMessage }, (_, n) => ({
    emoji: String.fromCodePoint(0x1f600 + n),
    users: [ada],
  }));
  expect(withReaction(full, "👍", bob, true)).toEqual(full);
  expect(withReaction(full, "😀", bob, true)[0]?.users).toEqual([ada, bob]);
  const crowded = [{ emoji: "👍", users: people }];
  expect(withReaction(crowded, "👍", Bun.randomUUIDv7() as UserId, true)).toEqual(crowded);
});

test("changes that a message has already change nothing, in whichever order people came and went", () => {
  const id = Bun.randomUUIDv7() as EventId;
  const room = Bun.randomUUIDv7() as RoomId;
  const at = "2026-01-01T00:00:00.000Z";
  const change = (offset: number, type: ReactionChange["type"], user: UserId, emoji: string): ReactionChange => {
    const head = { id: Bun.randomUUIDv7() as EventId, room, offset, at, author: { id: user, name: "x" } };
    return { ...head, type, message: id, emoji };
  };
  const events = [
    change(2, "reaction.added", ada, "👍"),
    change(3, "reaction.removed", ada, "👍"),
    change(4, "reaction.added", ada, "👍"),
    change(5, "reaction.added", bob, "🎉"),
    change(6, "reaction.added", bob, "👍"),
    change(7, "reaction.removed", bob, "🎉"),
  ];
  const posted: Message = { id, room, offset: 1, author: { id: ada, name: "x" }, text: "", at, mentions: [] };
  const whole = events.reduce((message, event) => withChanges(message, changesAmong([event])), posted);
  expect(whole.reactions).toEqual([{ emoji: "👍", users: [ada, bob] }]);
  for (let from = 0; from < events.length; from++) {
    expect(withChanges(whole, changesAmong(events.slice(from)))).toEqual(whole);
  }
});
