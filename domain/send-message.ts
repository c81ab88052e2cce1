/** Posts a message: everything that can fail because of the sender fails here, before the log. */
import { memberAccess } from "./access-room.ts";
import { admitToRequest, tellOfRequest } from "./direct-requests.ts";
import { ChatError, isChatError } from "./errors.ts";
import { type EventId, madeAtMs } from "./ids.ts";
import { namesIn } from "./mentioned-in.ts";
import { answeredIn, checkText } from "./message.ts";
import type { Ports, StoredRef } from "./ports/index.ts";
import { type Quote, quoteOf } from "./quote.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { readQuoted } from "./read-message.ts";
import { idTaken, type RecordPorts, recordEvent } from "./record-event.ts";
import { isRequestFrom, type Room } from "./room.ts";
import type { Author, User } from "./user.ts";

export type SendPorts = RecordPorts & Pick<Ports, "rooms" | "directs" | "users" | "events" | "signals" | "limiter">;

export interface Draft {
  /** Id or slug. */
  readonly room: string;
  readonly text: string;
  /** Made by the sender, and the same for each try. Without it a retry is a second message. */
  readonly id?: EventId | undefined;
  /** The sender says that it was sent before: it is looked for however old it is. */
  readonly resend?: boolean | undefined;
  /** The message of the same room that this one answers. */
  readonly replyTo?: EventId | undefined;
}

/**
 * The stream knows ids of this age by itself, with room to spare for clocks that differ. While the store is away, only
 * those can be told from ids that were sent before.
 */
export const knownToStreamMs = 2 * 60_000;

export interface Sent {
  readonly id: EventId;
  /** False when this id was posted before: nothing new happened. */
  readonly fresh: boolean;
  /** Who is named in it and is not in the room, so that they were not notified; nobody for a message that was posted before. */
  readonly absent: readonly User[];
}

export async function sendMessage(ports: SendPorts, author: Author, draft: Draft): Promise<Sent> {
  checkText(draft.text);
  const [access, known] = await Promise.all([
    memberAccess(ports, author, draft.room),
    draft.id === undefined ? undefined : knownAs(ports, draft.id, draft.resend ?? false),
  ]);
  const { room } = access;
  const id = draft.id ?? (ports.ids.next() as EventId);
  if (known !== undefined) {
    if (known.room !== room.id || known.author !== author.id) throw idTaken();
    if (known.discarded)
      throw new ChatError("conflict", "This message could not be stored. Change it and send it anew.");
    return { id, fresh: false, absent: [] };
  }
  await spend(ports, rateLimits.messagesPerPerson, author.id);
  const replyTo = draft.replyTo === undefined ? undefined : await quoted(ports, room, draft.replyTo);
  const says = { text: draft.text, ...(replyTo && { replyTo }) };
  // Who has not agreed to be written to is not called.
  const { mentioned, absent } = isRequestFrom(room, author.id)
    ? { mentioned: { mentions: [] }, absent: [] }
    : await namesIn(ports, access, draft.text, answeredIn(says, author));
  const undo = await admitToRequest(ports, room, author);
  const body = { type: "message.posted", ...says, ...mentioned } as const;
  try {
    const published = await recordEvent(ports, room.id, author, body, id);
    const fresh = published?.fresh ?? true;
    if (!fresh) await undo().catch(() => undefined);
    else if (isRequestFrom(room, author.id)) void tellOfRequest(ports, room, id).catch(() => undefined);
    return { id, fresh, absent: fresh ? absent : [] };
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
}

/** Whoever may post in a room may read all of it. */
async function quoted(ports: SendPorts, room: Room, id: EventId): Promise<Quote> {
  const message = await readQuoted(ports, room, id);
  if (message === undefined) throw unanswerable("The message that you answer is not in this room.");
  if (message.deleted) throw unanswerable("The message that you answer was deleted. Send yours without it.");
  return quoteOf(message);
}

function unanswerable(sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field: "replyTo" });
}

async function knownAs(ports: SendPorts, id: EventId, resend: boolean): Promise<StoredRef | undefined> {
  try {
    return await ports.events.find(id);
  } catch (error) {
    const young = Math.abs(ports.clock.now() - madeAtMs(id)) < knownToStreamMs;
    if (isChatError(error, "unavailable") && young && !resend) return undefined;
    throw error;
  }
}
