/** How keys and channels are named. What has to change in one step shares a hash tag, and so a slot. */
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { slotOf, tagOf } from "./slots.ts";

/** Everybody's signals are spread over this many channels; every gateway listens to all of them. */
const userChannelCount = 16;
/** People are spread over this many groups, so that asking for many of them takes few calls. */
const presenceGroups = 64;

export const roomKeys = {
  head: (room: RoomId) => `{r:${room}}:head`,
  tail: (room: RoomId) => `{r:${room}}:tail`,
  id: (room: RoomId, event: EventId) => `{r:${room}}:id:${event}`,
  live: (room: RoomId) => `{r:${room}}:live`,
  text: (room: RoomId, message: EventId) => `{r:${room}}:text:${message}`,
  signals: (room: RoomId) => `{r:${room}}:signals`,
  /** Names the life of the data in the room's slot; shared by all rooms of the slot. */
  life: (room: RoomId) => `life:{${tagOf(slotOf(`{r:${room}}`))}}`,
} as const;

export function userChannel(user: UserId): string {
  return userChannels[spread(user, userChannelCount)] ?? "";
}

export const userChannels: readonly string[] = Array.from({ length: userChannelCount }, (_, at) => `{u:${at}}:signals`);

export function presenceKey(user: UserId): string {
  return `{p:${spread(user, presenceGroups)}}:${user}`;
}

/** A changed limit counts anew: what is counted depends on its burst. */
export function limitKey({ name, burst, perMs }: { name: string; burst: number; perMs: number }, key: string): string {
  return `{l:${name}:${burst}:${perMs}:${key.replaceAll("}", "")}}`;
}

/** Spread over the slots by what the whole name says. */
export function claimKey(name: string): string {
  return `{c:${slotOf(name)}}:${name}`;
}

function spread(id: string, over: number): number {
  return slotOf(id) % over;
}
