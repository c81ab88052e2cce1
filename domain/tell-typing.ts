/** Tells a room that somebody is typing: once in a while, over whichever of their sockets and gateways they say it. */
import type { RoomId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits } from "./rate-limits.ts";
import type { Author } from "./user.ts";

/** @param room one that they are in. What comes too soon after the last is no news, and let go by. */
export async function tellTyping(
  ports: Pick<Ports, "limiter" | "signals">,
  { id, name }: Author,
  room: RoomId,
): Promise<void> {
  const { allowed } = await ports.limiter.take(rateLimits.typingPerRoom, `${id} ${room}`);
  if (allowed) await ports.signals.toRoom(room, { type: "typing", user: { id, name } });
}
