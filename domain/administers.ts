/**
 * Who administers a room: its maker. A room whose maker is not in it any more, or is a bot of the operator's (as the lobby's, which
 * may well be in it), passes to the first person of the server. Direct rooms have no administrator. Everything that only administrators may do asks here.
 */
import type { UserId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import type { Room } from "./room.ts";

export type AdministersPorts = {
  readonly users: Pick<Ports["users"], "byId" | "firstPerson">;
  readonly rooms: Pick<Ports["rooms"], "membersAmong">;
};

/** @param member is in the room: see memberAccess */
export async function administers(
  ports: AdministersPorts,
  member: { readonly id: UserId },
  room: Pick<Room, "id" | "visibility" | "createdBy">,
): Promise<boolean> {
  if (room.visibility === "direct") return false;
  if (room.createdBy === member.id) return true;
  const [maker, first] = await Promise.all([ports.users.byId(room.createdBy), ports.users.firstPerson()]);
  // A bot's rooms are its owner's, too.
  if (maker?.owner === member.id) return true;
  if (first?.id !== member.id) return false;
  // Nobody signs in as one: it asks for nothing, and would stand in the way of people.
  if (maker?.kind === "bot" && maker.owner === undefined) return true;
  const before = [room.createdBy, ...(maker?.owner === undefined ? [] : [maker.owner])];
  return (await ports.rooms.membersAmong(room.id, before)).size === 0;
}
