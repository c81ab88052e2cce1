/** Moves someone's read mark, and tells their other tabs and devices. */
import { memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { Ports, ReadState } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import type { Author } from "./user.ts";

export async function markRead(
  ports: Pick<Ports, "rooms" | "stream" | "signals" | "limiter">,
  person: Author,
  ref: string,
  offset: number,
): Promise<ReadState | undefined> {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ChatError("invalid", "An offset is a whole number from 0.", { field: "offset" });
  }
  await spend(ports, rateLimits.readMarksPerPerson, person.id);
  const { room } = await memberAccess(ports, person, ref);
  // A mark past the newest event would hide what comes next.
  const head = await ports.stream.head(room.id);
  const state = await ports.rooms.markRead(room.id, person.id, Math.min(offset, head.offset));
  if (state !== undefined) await ports.signals.toUser(person.id, { type: "read", state });
  return state;
}
