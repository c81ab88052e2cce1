/** Reactions: what counts as an emoji, how many a message may have, and what adding and removing makes of them. */
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { byteLength } from "./text.ts";

/** One emoji at a message, and who chose it, in the order they did. */
export interface Reaction {
  readonly emoji: string;
  readonly users: readonly UserId[];
}

/** Longest emoji, in bytes of UTF-8: the longest families have 41. */
export const maxEmojiBytes = 64;
/** Different emoji at one message. */
export const maxEmojiPerMessage = 20;
/** Reactions at one message, all emoji together. Each is a person's id in every page that shows the message. */
export const maxReactionsPerMessage = 500;

const piece = String.raw`\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?[\u{E0020}-\u{E007F}]*`;
/** Pictures, also joined ones, flags and keycaps: each one character to who reads it. Also those of future versions. */
const emojiShape = new RegExp(String.raw`^(?:${piece}(?:\u200D${piece})*|\p{RI}{2}|[0-9#*]\uFE0F?\u20E3)$`, "u");
/** Characters that are text unless they are asked to be a picture. */
const textByDefault = /^(?!\p{Emoji_Presentation})\p{Extended_Pictographic}$/u;

/** The one form in which an emoji is kept, so that ❤ as text and as a picture are one. @throws ChatError invalid */
export function parseEmoji(raw: string): string {
  if (!isEmoji(raw)) throw new ChatError("invalid", "React with exactly one emoji.", { field: "emoji" });
  if (textByDefault.test(raw)) return `${raw}\uFE0F`;
  return raw.replace(/^([0-9#*])\u20E3$/, "$1\uFE0F\u20E3");
}

export function isEmoji(raw: string): boolean {
  return byteLength(raw) <= maxEmojiBytes && emojiShape.test(raw);
}

export function hasReacted(reactions: readonly Reaction[], emoji: string, user: UserId): boolean {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.users.includes(user));
}

/** What adding or removing leaves: each person once per emoji; an emoji that nobody chooses any more goes, and comes back last. */
export function withReaction(
  reactions: readonly Reaction[],
  emoji: string,
  user: UserId,
  added: boolean,
): readonly Reaction[] {
  if (hasReacted(reactions, emoji, user) === added) return reactions;
  if (!reactions.some((reaction) => reaction.emoji === emoji)) return [...reactions, { emoji, users: [user] }];
  return reactions
    .map((reaction) =>
      reaction.emoji === emoji ? { emoji, users: usersAfter(reaction.users, user, added) } : reaction,
    )
    .filter(({ users }) => users.length > 0);
}

function usersAfter(users: readonly UserId[], user: UserId, added: boolean): readonly UserId[] {
  return added ? [...users, user] : users.filter((id) => id !== user);
}

/** Senders at the same moment may each find room for one more: what is in the log counts, whatever the limit. */
export function checkRoomForReaction(reactions: readonly Reaction[], emoji: string): void {
  const known = reactions.some((reaction) => reaction.emoji === emoji);
  if (!known && reactions.length >= maxEmojiPerMessage) {
    throw new ChatError(
      "conflict",
      `This message has ${maxEmojiPerMessage} different emoji, and more don't fit: choose one of those.`,
    );
  }
  const count = reactions.reduce((sum, { users }) => sum + users.length, 0);
  if (count >= maxReactionsPerMessage) {
    throw new ChatError("conflict", `This message has ${maxReactionsPerMessage} reactions, and more don't fit.`);
  }
}
