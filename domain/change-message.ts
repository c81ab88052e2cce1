/** Editing and deleting a message: only who wrote it may, and only while they are in the room. */
import { memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { EventId } from "./ids.ts";
import { mentionedIn } from "./mentioned-in.ts";
import { checkText, type Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { type HistoryPorts, readMessage } from "./read-history.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import type { Author } from "./user.ts";

export type ChangePorts = RecordPorts & HistoryPorts & Pick<Ports, "rooms" | "users" | "limiter">;

/** Which message, of which room: id or slug. */
export interface MessageRef {
  readonly room: string;
  readonly message: EventId;
}

/** @returns the message as it reads now. Saying what it says already changes nothing. */
export async function editMessage(ports: ChangePorts, author: Author, ref: MessageRef, text: string): Promise<Message> {
  checkText(text);
  const { room, message, access } = await ownMessage(ports, author, ref);
  if (message.deleted) throw new ChatError("conflict", "This message was deleted.");
  if (message.text === text) return message;
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const mentions = await mentionedIn(ports, access, text);
  await recordEvent(ports, room.id, author, { type: "message.edited", message: message.id, text, mentions });
  return { ...message, text, mentions };
}

/** Deleting what is deleted changes nothing. */
export async function deleteMessage(ports: ChangePorts, author: Author, ref: MessageRef): Promise<void> {
  const { message } = await ownMessage(ports, author, ref);
  if (message.deleted) return;
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  await recordEvent(ports, message.room, author, { type: "message.deleted", message: message.id });
}

async function ownMessage(ports: ChangePorts, author: Author, { room: ref, message: id }: MessageRef) {
  const access = await memberAccess(ports, author, ref);
  const { room } = access;
  const message = await readMessage(ports, room, id);
  if (message === undefined) throw new ChatError("not-found", "There is no such message in this room.");
  if (message.author.id !== author.id) throw new ChatError("forbidden", "Only who wrote a message can change it.");
  return { access, room, message };
}
