/** Reads single messages of a room: as the store has them, with what the stream knows beyond it. Access is the caller's business. */
import { isChatError } from "./errors.ts";
import type { RoomEvent } from "./events.ts";
import type { EventId } from "./ids.ts";
import { answeredBy, type Message, messageOf } from "./message.ts";
import { changesAmong, withChanges } from "./message-changes.ts";
import { type HistoryPorts, maxUnstoredEvents, newDeletions } from "./read-history.ts";
import type { Room } from "./room.ts";

/** One message as it reads now, also one that the stream alone has; undefined when the room has none of this id. */
export async function readMessage(ports: HistoryPorts, room: Room, id: EventId): Promise<Message | undefined> {
  const stored = await storedMessage(ports, room, id);
  return stored === "none" ? undefined : recently(stored, id, await recentEvents(ports, room));
}

/**
 * The same for somebody who answers it: sending goes on while the store or the stream is away, as long as the other has the message.
 * @throws ChatError unavailable when only the one that is away can have it
 */
export async function readQuoted(ports: HistoryPorts, room: Room, id: EventId): Promise<Message | undefined> {
  const away: unknown[] = [];
  const unlessAway = (error: unknown): undefined => {
    if (!isChatError(error, "unavailable")) throw error;
    away.push(error);
  };
  const [stored, recent = []] = await Promise.all([
    storedMessage(ports, room, id).catch(unlessAway),
    recentEvents(ports, room).catch(unlessAway),
  ]);
  if (stored === "none") return undefined;
  const message = recently(stored, id, recent);
  if (message === undefined && away.length > 0) throw away[0];
  return message;
}

/**
 * A message, what it answers, what that answers and so on, nearest first and as they read now: at most `limit`. It ends before what was
 * deleted. @throws ChatError unavailable
 */
export async function readChain(
  ports: HistoryPorts,
  room: Room,
  id: EventId,
  limit: number,
): Promise<readonly Message[]> {
  const recent = await recentEvents(ports, room);
  const chain: Message[] = [];
  let next: EventId | undefined = id;
  for (; next !== undefined && chain.length < limit; next = answeredBy(chain.at(-1))) {
    const event: RoomEvent | undefined = recent.find((one) => one.id === next);
    if (event?.type !== "message.posted") break;
    chain.push(messageOf(event));
  }
  if (next !== undefined && chain.length < limit)
    chain.push(...(await ports.events.chain(room.id, next, limit - chain.length)));
  const changes = changesAmong(recent);
  const now = chain.map((message) => withChanges(message, changes));
  const gone = now.findIndex(({ deleted }) => deleted);
  return gone < 0 ? now : now.slice(0, gone);
}

/** `none`: the store knows that the room has no such message. */
async function storedMessage({ events }: HistoryPorts, room: Room, id: EventId): Promise<Message | "none" | undefined> {
  const ref = await events.find(id);
  if (ref === undefined) return undefined;
  if (ref.room !== room.id) return "none";
  const window = { after: ref.offset - 1, before: ref.offset + 1, limit: 1 };
  const [message] = await events.messages(room.id, window);
  return message ?? "none";
}

function recently(stored: Message | undefined, id: EventId, recent: readonly RoomEvent[]): Message | undefined {
  const event = stored === undefined ? recent.find((one) => one.id === id) : undefined;
  const message = event?.type === "message.posted" ? messageOf(event) : stored;
  return message && withChanges(message, changesAmong(recent));
}

async function recentEvents({ stream }: HistoryPorts, room: Room): Promise<readonly RoomEvent[]> {
  const [{ offset }, gone] = await Promise.all([stream.head(room.id), newDeletions({ stream }, room)]);
  const run = await stream.tail(room.id, Math.max(0, offset - maxUnstoredEvents), maxUnstoredEvents);
  // Where the writers are far behind, a deletion may be older than these, and not stored yet.
  return [...gone, ...(run?.events ?? [])];
}
