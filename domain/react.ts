/** Reacting to a message with an emoji, and taking that back: any member may. Doing it twice is the same as once. */
import { canonicalEmoji } from "./emoji.ts";
import { ChatError, unlessUnavailable } from "./errors.ts";
import { inTurn } from "./in-turn.ts";
import { type MessageRef, memberMessage } from "./member-message.ts";
import type { Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { checkRoomForReaction, hasReacted, parseEmoji } from "./reaction.ts";
import type { HistoryPorts } from "./read-history.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import { untilTrue } from "./until-true.ts";
import type { Author } from "./user.ts";

export type ReactPorts = RecordPorts & HistoryPorts & Pick<Ports, "rooms" | "limiter" | "claims">;

/** Toggle: there if it was not, gone if it was. */
export type Wanted = "added" | "removed" | "toggled";

/** How long it is waited for that others can read one, where it is left to the writer. */
const shownWithinMs = 2_000;

/** @returns the message as it was found */
export async function react(
  ports: ReactPorts,
  author: Author,
  ref: MessageRef,
  raw: string,
  wanted: Wanted,
): Promise<Message> {
  const emoji = parseEmoji(raw);
  const find = async () => (await memberMessage(ports, author, ref)).message;
  const message = await find();
  const { reactions = [] } = message;
  const before = hasReacted(reactions, emoji, author.id);
  const after = wanted === "toggled" ? !before : wanted === "added";
  if (before === after) return message;
  if (message.deleted) throw new ChatError("conflict", "This message was deleted.");
  if (after) checkRoomForReaction(reactions, emoji);
  await spend(ports, rateLimits.reactionsPerPerson, author.id);
  const type = after ? "reaction.added" : "reaction.removed";
  const isDone = async () => hasReacted((await find()).reactions ?? [], emoji, author.id) === after;
  await inTurn(ports, `reaction ${message.id} ${author.id} ${canonicalEmoji(emoji)}`, isDone, async () => {
    const published = await recordEvent(ports, message.room, author, { type, message: message.id, emoji });
    if (published === undefined) await untilTrue(isDone, shownWithinMs);
  });
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
