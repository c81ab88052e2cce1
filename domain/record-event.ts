/** The way of every room event: durable in the log first, then to its place in the room's stream. */
import { ChatError, unlessUnavailable } from "./errors.ts";
import type { EventBody, LoggedEvent } from "./events.ts";
import type { EventId, RoomId } from "./ids.ts";
import type { Ports, Published } from "./ports/index.ts";
import { timeNow } from "./time-now.ts";
import type { Author } from "./user.ts";

export type RecordPorts = Pick<Ports, "log" | "stream" | "clock" | "ids">;

/**
 * Resolves when the event is durable. Its position is undefined while the stream is away, or has earlier events to catch
 * up with: the writer publishes it later. `fresh` is false for an event that was sent before.
 * @throws ChatError unavailable (nothing was acked: try again with the same id), conflict (the id is taken)
 */
export async function recordEvent(
  ports: RecordPorts,
  room: RoomId,
  author: Author,
  body: EventBody,
  id = ports.ids.next() as EventId,
  at = timeNow(ports),
): Promise<Published | undefined> {
  const event: LoggedEvent = {
    id,
    room,
    author: { id: author.id, name: author.name },
    at,
    ...body,
  };
  await ports.log.append(event);
  // The log has the event, so the ack stands; the writer publishes what is not yet published.
  const published = await unlessUnavailable(ports.stream.publishAhead(event));
  if (published !== undefined && (published.room !== room || published.author !== author.id)) throw idTaken();
  // The writer may have been faster with this very event. One that was sent before bears another time.
  return published && { ...published, fresh: published.fresh || published.at === event.at };
}

export function idTaken(): ChatError {
  return new ChatError("conflict", "This event id is already used for something else; make a new one.", {
    field: "id",
  });
}
