/** What a room is called: for its viewer, in words, and in URLs. */
import type { EventId } from "#domain/ids.ts";
import type { Room, RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";

/** The bare name: a direct room is called like the other person. */
export function roomName({ room, peer }: Pick<RoomAccess, "room" | "peer">, viewer?: Author): string {
  if (room.visibility !== "direct") return room.name;
  return peer === undefined || peer.id === viewer?.id ? `${viewer?.name ?? "Notes"} (you)` : peer.name;
}

/** With the sign of a public room, for titles and labels. */
export function roomTitle(access: Pick<RoomAccess, "room" | "peer">, viewer?: Author): string {
  return access.room.visibility === "public" ? `#${access.room.name}` : roomName(access, viewer);
}

export function roomPath(room: Room): string {
  return `/rooms/${encodeURIComponent(room.slug)}`;
}

/**
 * A message's own address. Browsers keep what stands after "#" to themselves: the server finds the message by its offset.
 * @param sent its id, for its sender: the page says who is named in it and is not in the room
 */
export function messagePath(room: Room, offset: number, sent?: EventId): string {
  return `${roomPath(room)}?at=${offset}${sent === undefined ? "" : `&sent=${sent}`}#m-${offset}`;
}
