/** One message of a room, for somebody who is in the room. */
import { type MemberAccess, memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { EventId } from "./ids.ts";
import type { Message } from "./message.ts";
import type { Ports } from "./ports/index.ts";
import type { HistoryPorts } from "./read-history.ts";
import { readMessage } from "./read-message.ts";
import type { Author } from "./user.ts";

/** Which message, of which room: id or slug. */
export interface MessageRef {
  readonly room: string;
  readonly message: EventId;
}

export interface MemberMessage {
  readonly access: MemberAccess;
  readonly message: Message;
}

export async function memberMessage(
  ports: HistoryPorts & Pick<Ports, "rooms">,
  reader: Author,
  { room, message: id }: MessageRef,
): Promise<MemberMessage> {
  const access = await memberAccess(ports, reader, room);
  const message = await readMessage(ports, access.room, id);
  if (message === undefined) throw new ChatError("not-found", "There is no such message in this room.");
  return { access, message };
}
