/** Who may see and use a room. Every path to a room goes through here. */
import { ChatError } from "./errors.ts";
import type { Ports } from "./ports/index.ts";
import type { JoinedRoom, RoomAccess } from "./room.ts";
import type { Author } from "./user.ts";

export type MemberAccess = Pick<JoinedRoom, "room" | "membership" | "peer">;

/** A room the viewer may see: one they are in, or a public one. A private room and none at all look alike. */
export async function accessRoom(ports: Pick<Ports, "rooms">, viewer: Author, ref: string): Promise<RoomAccess> {
  const access = await ports.rooms.access(ref, viewer.id);
  if (access === undefined) throw new ChatError("not-found", "There is no such room, or it is not open to you.");
  return access;
}

/** A room the viewer is in. */
export async function memberAccess(ports: Pick<Ports, "rooms">, viewer: Author, ref: string): Promise<MemberAccess> {
  const { room, membership, peer } = await accessRoom(ports, viewer, ref);
  if (membership === undefined) throw new ChatError("forbidden", "Join the room first.");
  return { room, membership, peer };
}
