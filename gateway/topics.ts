/** The names under which frames are published natively to the sockets that subscribed. */
import type { RoomId } from "#domain/ids.ts";

export const topics = {
  /** Pages that show the room. */
  page: (room: RoomId) => `page:${room}`,
  /** Pages of members, whatever they show: for unread counts. */
  activity: (room: RoomId) => `activity:${room}`,
  user: (user: string) => `user:${user}`,
  everyone: "everyone",
  /** Programs that subscribed to the room's channel. */
  program: (room: RoomId) => `program:${room}`,
  /** Programs of a person. */
  programUser: (user: string) => `program-user:${user}`,
  /** Programs that are pinged together. */
  ping: (slot: number) => `ping:${slot}`,
} as const;
