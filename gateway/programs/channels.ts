/** The names of channels: `room:<id>` for a room's events, `user:<id>` for a person's own news. */
import { isUuid, type RoomId } from "#domain/ids.ts";
import { CommandError, replyErrors } from "./codes.ts";

export function roomChannel(room: RoomId): string {
  return `room:${room}`;
}

export function userChannel(user: string): string {
  return `user:${user}`;
}

/** @throws CommandError unknown channel: no slugs, no upper case, so that a room has one name only */
export function roomOf(channel: string): RoomId {
  const id = channel.slice("room:".length);
  if (!channel.startsWith("room:") || !isUuid(id)) throw new CommandError(replyErrors.unknownChannel);
  return id as RoomId;
}
