/** Takes a direct room out of one's own list. The other person's list stays as it is, and the next message brings it back. */
import { memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { Ports } from "./ports/index.ts";
import type { Author } from "./user.ts";

export async function hideDirectRoom(
  ports: Pick<Ports, "rooms" | "directs" | "stream" | "signals">,
  person: Author,
  ref: string,
): Promise<void> {
  const { room } = await memberAccess(ports, person, ref);
  if (room.visibility !== "direct") throw new ChatError("forbidden", "Only a direct conversation can be hidden.");
  const { offset } = await ports.stream.head(room.id);
  await ports.directs.hide(room.id, person.id, offset);
  await ports.signals.toUser(person.id, { type: "waiting" });
}
