/** Editing and deleting a message: only who wrote it may, and only while they are in the room. */
import { ChatError } from "./errors.ts";
import { type MessageRef, memberMessage } from "./member-message.ts";
import { mentionedIn } from "./mentioned-in.ts";
import { answeredIn, checkText, type Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import type { HistoryPorts } from "./read-history.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import type { Author } from "./user.ts";

export type ChangePorts = RecordPorts & HistoryPorts & Pick<Ports, "rooms" | "users" | "limiter">;

/** @returns the message as it reads now. Saying what it says already changes nothing. */
export async function editMessage(ports: ChangePorts, author: Author, ref: MessageRef, text: string): Promise<Message> {
  checkText(text);
  const { message, access } = await ownMessage(ports, author, ref);
  if (message.deleted) throw new ChatError("conflict", "This message was deleted.");
  if (message.text === text) return message;
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const mentions = await mentionedIn(ports, access, text, answeredIn(message, author));
  await recordEvent(ports, message.room, author, { type: "message.edited", message: message.id, text, mentions });
  return { ...message, text, mentions };
}

/** Deleting what is deleted changes nothing. */
export async function deleteMessage(ports: ChangePorts, author: Author, ref: MessageRef): Promise<void> {
  const { message } = await ownMessage(ports, author, ref);
  if (message.deleted) return;
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  await recordEvent(ports, message.room, author, { type: "message.deleted", message: message.id });
}

async function ownMessage(ports: ChangePorts, author: Author, ref: MessageRef) {
  const found = await memberMessage(ports, author, ref);
  if (found.message.author.id !== author.id) {
    throw new ChatError("forbidden", "Only who wrote a message can change it.");
  }
  return found;
}
