/** Who may see and use a room. Every path to a room goes through here. */
import { ChatError } from "./errors.ts";
import { isUuid } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import type { JoinedRoom, RoomAccess } from "./room.ts";
import type { Author } from "./user.ts";

export type MemberAccess = Pick<JoinedRoom, "room" | "membership" | "peer">;

/** A room the viewer may see: one they are in, or a public one. A private room and none at all look alike. */
export async function accessRoom(ports: Pick<Ports, "rooms">, viewer: Author, ref: string): Promise<RoomAccess> {
  const access = await ports.rooms.access(ref, viewer.id);
  if (access === undefined) throw noSuchRoom();
  return access;
}

/** The same for a room that does not exist and one that must not be known. */
export function noSuchRoom(): ChatError {
  return new ChatError("not-found", "There is no such room, or it is not open to you.");
}

/** The same for somebody whose own rooms are known already: those need not be asked for again. */
export async function accessAmong(
  ports: Pick<Ports, "rooms">,
  viewer: Author,
  own: readonly JoinedRoom[],
  ref: string,
): Promise<RoomAccess> {
  const id = ref.toLowerCase();
  const joined = own.find(({ room }) => room.id === id) ?? own.find(({ room }) => room.slug === ref && !isUuid(id));
  return joined ?? (await accessRoom(ports, viewer, ref));
}

/** A room the viewer is in. */
export async function memberAccess(ports: Pick<Ports, "rooms">, viewer: Author, ref: string): Promise<MemberAccess> {
  const { room, membership, peer } = await accessRoom(ports, viewer, ref);
  if (membership === undefined) throw new ChatError("forbidden", "Join the room first.");
  return { room, membership, peer };
}
