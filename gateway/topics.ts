/** The names under which frames are published natively to the sockets that subscribed. */
import type { RoomId } from "#domain/ids.ts";

export const topics = {
  /** Pages that show the room, in parts. */
  page: (room: RoomId, part = 0) => `page:${room}:${part}`,
  /** Pages of members that show something else: for unread counts. */
  activity: (room: RoomId) => `activity:${room}`,
  user: (user: string) => `user:${user}`,
  everyone: "everyone",
  /** Programs that subscribed to the room's channel, in parts. */
  program: (room: RoomId, part = 0) => `program:${room}:${part}`,
  /** Programs of a person. */
  programUser: (user: string) => `program-user:${user}`,
  /** Programs that are pinged together. */
  ping: (slot: number) => `ping:${slot}`,
} as const;
