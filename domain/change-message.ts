/** Editing and deleting a message: only who wrote it may, and only while they are in the room. */
import { ChatError, unavailable, unlessUnavailable } from "./errors.ts";
import { type MessageRef, memberMessage } from "./member-message.ts";
import { namesIn } from "./mentioned-in.ts";
import { answeredIn, checkText, type Message } from "./message.ts";
import { changed } from "./message-changes.ts";
import { checkVersion, versionOf } from "./message-version.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import type { HistoryPorts } from "./read-history.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import { isRequestFrom } from "./room.ts";
import { timeNow } from "./time-now.ts";
import { untilTrue } from "./until-true.ts";
import type { Author, User } from "./user.ts";

export type ChangePorts = RecordPorts & HistoryPorts & Pick<Ports, "rooms" | "users" | "limiter" | "claims">;

/** The versions that a change was made for (message-version.ts); undefined: whatever it says. */
export type Expected = readonly string[] | undefined;

/** A version is claimed for longer than an append may be on its way, in milliseconds. */
export const claimMs = 30_000;
/** How long an edit waits for another one that replaces the same version, in milliseconds. */
export const turnWaitMs = 2_000;

export interface Edited {
  /** As it reads now. */
  readonly message: Message;
  /** As of a message that is sent: who is named in it and was not notified. Nobody when nothing changed. */
  readonly absent: readonly User[];
}

/**
 * Of edits that were made for the same version one is acked, however many come at once and wherever; the others are told what it
 * says by then. An edit that is on its way to others when nobody can read it yet is not acked either.
 * Saying what it says already changes nothing.
 * @throws ChatError changed when it says something else than was expected
 */
export async function editMessage(
  ports: ChangePorts,
  author: Author,
  ref: MessageRef,
  text: string,
  expected?: Expected,
): Promise<Edited> {
  checkText(text);
  const { message, access } = await ownMessage(ports, author, ref);
  if (!replaces(message, text, expected)) return { message, absent: [] };
  // An edit says something, too. Declined or not: they are told the same.
  if (isRequestFrom(access.room, author.id))
    throw new ChatError("forbidden", "A message request can't be edited until it is accepted.");
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const { mentioned, absent } = await namesIn(ports, access, text, answeredIn(message, author));
  const before = await takeTurn(ports, author, ref, { message, text, expected });
  if (before.text === text) return { message: before, absent: [] };
  const at = timeNow(ports);
  const body = { type: "message.edited", message: message.id, text, ...mentioned } as const;
  const published = await recordEvent(ports, message.room, author, body, undefined, at);
  if (published === undefined && expected !== undefined)
    throw unavailable("Your edit is saved, but can't be confirmed yet. Look at the message in a moment.");
  const { id, room } = message;
  return { message: changed(before, { id, room, author, at, offset: published?.offset ?? 0, ...body }), absent };
}

/** Deleting what is deleted changes nothing. @throws ChatError changed when it says something else than was expected */
export async function deleteMessage(
  ports: ChangePorts,
  author: Author,
  ref: MessageRef,
  expected?: Expected,
): Promise<void> {
  const { message } = await ownMessage(ports, author, ref);
  if (message.deleted) return;
  checkVersion(message, expected);
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const before = await takeTurn(ports, author, ref, { message, text: "", expected });
  if (before.deleted) return;
  await recordEvent(ports, message.room, author, { type: "message.deleted", message: message.id });
}

interface Turn {
  readonly message: Message;
  readonly text: string;
  readonly expected: Expected;
}

/**
 * Each version is replaced once: whoever claims it first does, the others wait until they can read what came of it. Where claims can't be
 * made, or the one before takes long, an edit that expects nothing goes on without: the last one counts.
 * @returns what is replaced; or what makes it unnecessary
 */
async function takeTurn(ports: ChangePorts, author: Author, ref: MessageRef, turn: Turn): Promise<Message> {
  const { text, expected } = turn;
  const claim = (before: Message) => ports.claims.take(`${before.id} ${versionOf(before)}`, claimMs);
  let before = turn.message;
  let fresh = true;
  const taken = await untilTrue(async () => {
    if (!fresh) before = (await ownMessage(ports, author, ref)).message;
    fresh = false;
    if (!replaces(before, text, expected)) return true;
    return expected === undefined ? ((await unlessUnavailable(claim(before))) ?? true) : await claim(before);
  }, turnWaitMs);
  if (!taken && expected !== undefined)
    throw unavailable("Another change of this message is on its way. Try again in a moment.");
  return before;
}

/** @returns false when it says that already @throws ChatError conflict, changed */
function replaces(message: Message, text: string, expected: Expected): boolean {
  if (text !== "" && message.deleted) throw new ChatError("conflict", "This message was deleted.");
  if (message.text === text) return false;
  checkVersion(message, expected);
  return true;
}

async function ownMessage(ports: ChangePorts, author: Author, ref: MessageRef) {
  const found = await memberMessage(ports, author, ref);
  if (found.message.author.id !== author.id) {
    throw new ChatError("forbidden", "Only its author can change a message.");
  }
  return found;
}
