/** Posts a message: everything that can fail because of the sender fails here, before the log. */
import { memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import { mentionedKeys } from "./mention.ts";
import { checkText } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { idTaken, type RecordPorts, recordEvent } from "./record-event.ts";
import type { Author } from "./user.ts";

export type SendPorts = RecordPorts & Pick<Ports, "rooms" | "users" | "events" | "limiter">;

export interface Draft {
  /** Id or slug. */
  readonly room: string;
  readonly text: string;
  /** Made by the sender, and the same for each try. Without it a retry is a second message. */
  readonly id?: EventId | undefined;
}

export interface Sent {
  readonly id: EventId;
  /** False when this id was posted before: nothing new happened. */
  readonly fresh: boolean;
}

export async function sendMessage(ports: SendPorts, author: Author, draft: Draft): Promise<Sent> {
  checkText(draft.text);
  const [{ room }, known] = await Promise.all([
    memberAccess(ports, author, draft.room),
    draft.id === undefined ? undefined : ports.events.find(draft.id),
  ]);
  const id = draft.id ?? (ports.ids.next() as EventId);
  if (known !== undefined) {
    if (known.room !== room.id || known.author !== author.id) throw idTaken();
    if (known.discarded)
      throw new ChatError("conflict", "This message could not be stored. Change it and send it anew.");
    return { id, fresh: false };
  }
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const mentions = await mentionedMembers(ports, room.id, draft.text);
  await recordEvent(ports, room.id, author, { type: "message.posted", text: draft.text, mentions }, id);
  return { id, fresh: true };
}

async function mentionedMembers(ports: SendPorts, room: RoomId, text: string): Promise<readonly UserId[]> {
  const keys = mentionedKeys(text);
  if (keys.length === 0) return [];
  const people = (await Promise.all(keys.map((key) => ports.users.byKey(key)))).filter((user) => user !== undefined);
  if (people.length === 0) return [];
  const ids = people.map((user) => user.id);
  const members = await ports.rooms.membersAmong(room, ids);
  return ids.filter((id) => members.has(id));
}
