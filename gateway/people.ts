/** The members of a room as a page shows them, with who is here. */
import type { Ports } from "#domain/ports/index.ts";
import type { RoomAccess } from "#domain/room.ts";
import type { PersonHere } from "#views/chrome.ts";

const peoplePageSize = 100;

/** Empty for somebody who is not a member: who is in a room is known to its members only. */
export async function peopleOf(
  ports: Pick<Ports, "rooms" | "presence">,
  { room, membership }: Pick<RoomAccess, "room" | "membership">,
  cursor?: string,
): Promise<{ readonly people: readonly PersonHere[]; readonly next: string | undefined }> {
  if (membership === undefined) return { people: [], next: undefined };
  const page = { limit: peoplePageSize, ...(cursor ? { cursor } : {}) };
  const { items, next } = await ports.rooms.members(room.id, page);
  const online = await ports.presence.online(items.map(({ id }) => id));
  return { people: items.map(({ id, name }) => ({ id, name, online: online.has(id) })), next };
}
