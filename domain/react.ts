/** Reacting to a message with an emoji, and taking that back: any member may. Doing it twice is the same as once. */
import { ChatError, unlessUnavailable } from "./errors.ts";
import { type MessageRef, memberMessage } from "./member-message.ts";
import type { Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { checkRoomForReaction, hasReacted, parseEmoji } from "./reaction.ts";
import type { HistoryPorts } from "./read-history.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import type { Author } from "./user.ts";

export type ReactPorts = RecordPorts & HistoryPorts & Pick<Ports, "rooms" | "limiter">;

/** Toggle: there if it was not, gone if it was. */
export type Wanted = "added" | "removed" | "toggled";

/** @returns the message as it was found */
export async function react(
  ports: ReactPorts,
  author: Author,
  ref: MessageRef,
  raw: string,
  wanted: Wanted,
): Promise<Message> {
  const emoji = parseEmoji(raw);
  const { message } = await memberMessage(ports, author, ref);
  const { reactions = [] } = message;
  const before = hasReacted(reactions, emoji, author.id);
  const after = wanted === "toggled" ? !before : wanted === "added";
  if (before === after) return message;
  if (message.deleted) throw new ChatError("conflict", "This message was deleted.");
  if (after) checkRoomForReaction(reactions, emoji);
  await spend(ports, rateLimits.reactionsPerPerson, author.id);
  const type = after ? "reaction.added" : "reaction.removed";
  await recordEvent(ports, message.room, author, { type, message: message.id, emoji });
  if (after) await checkItFitted(ports, author, ref, emoji);
  return message;
}

/** Others may have been faster. @throws ChatError conflict */
async function checkItFitted(ports: ReactPorts, author: Author, ref: MessageRef, emoji: string): Promise<void> {
  const found = await unlessUnavailable(memberMessage(ports, author, ref));
  const { reactions = [], deleted } = found?.message ?? {};
  if (found !== undefined && !deleted && !hasReacted(reactions, emoji, author.id))
    checkRoomForReaction(reactions, emoji);
}
