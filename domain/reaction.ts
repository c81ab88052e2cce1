/** Reactions: what counts as an emoji, how many a message may have, and what adding and removing makes of them. */
import { canonicalEmoji, isEmoji } from "./emoji.ts";
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";

/** One emoji at a message, and who chose it, in the order they did. */
export interface Reaction {
  readonly emoji: string;
  readonly users: readonly UserId[];
}

/** Different emoji at one message. */
export const maxEmojiPerMessage = 20;
/** Reactions at one message, all emoji together. Each is a person's id in every page that shows the message. */
export const maxReactionsPerMessage = 500;

/** The one form in which an emoji is kept, so that ❤ as text and as a picture are one. @throws ChatError invalid */
export function parseEmoji(raw: string): string {
  if (!isEmoji(raw)) throw new ChatError("invalid", "React with exactly one emoji.", { field: "emoji" });
  return canonicalEmoji(raw);
}

/** As they are kept today: what was two forms of one emoji is one, with each person once. */
export function canonicalReactions(reactions: readonly Reaction[]): readonly Reaction[] {
  if (reactions.every(({ emoji }) => canonicalEmoji(emoji) === emoji)) return reactions;
  const users = new Map<string, Set<UserId>>();
  for (const reaction of reactions) {
    const emoji = canonicalEmoji(reaction.emoji);
    users.set(emoji, (users.get(emoji) ?? new Set()).union(new Set(reaction.users)));
  }
  return [...users].map(([emoji, who]) => ({ emoji, users: [...who] }));
}

export function hasReacted(reactions: readonly Reaction[], emoji: string, user: UserId): boolean {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.users.includes(user));
}

/**
 * What adding or removing leaves: each person once per emoji, in its one form; an emoji that nobody chooses any more goes, and comes back
 * last.
 */
export function withReaction(
  before: readonly Reaction[],
  raw: string,
  user: UserId,
  added: boolean,
): readonly Reaction[] {
  const [reactions, emoji] = [canonicalReactions(before), canonicalEmoji(raw)];
  if (hasReacted(reactions, emoji, user) === added) return reactions;
  // Senders at the same moment may each have found room for one more: those that came too late are not there.
  if (added && whyFull(reactions, emoji) !== undefined) return reactions;
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

/** @throws ChatError conflict when one more does not fit */
export function checkRoomForReaction(reactions: readonly Reaction[], emoji: string): void {
  const sentence = whyFull(reactions, emoji);
  if (sentence !== undefined) throw new ChatError("conflict", sentence);
}

function whyFull(reactions: readonly Reaction[], emoji: string): string | undefined {
  const known = reactions.some((reaction) => reaction.emoji === emoji);
  if (!known && reactions.length >= maxEmojiPerMessage)
    return `This message has ${maxEmojiPerMessage} different emoji, and more don't fit: choose one of those.`;
  const count = reactions.reduce((sum, { users }) => sum + users.length, 0);
  return count < maxReactionsPerMessage
    ? undefined
    : `This message has ${maxReactionsPerMessage} reactions, and more don't fit.`;
}
