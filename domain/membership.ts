/** Joining, leaving and inviting. A membership follows from its events, so both are in one order everywhere. */
import { accessRoom, memberAccess } from "./access-room.ts";
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { botsThere, isStray, refuseStrayBot } from "./own-bots.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import { maxRoomsPerPerson, type Room } from "./room.ts";
import { untilTrue } from "./until-true.ts";
import type { Author } from "./user.ts";

export type MembershipPorts = RecordPorts & Pick<Ports, "rooms" | "users" | "signals" | "limiter">;

/**
 * How long a change of membership may take to show in the store before the caller is told to look again; less than the
 * five seconds after which nginx gives up.
 */
export const projectionDeadlineMs = 4_000;

/** @returns the room, joined now or before. */
export async function joinRoom(ports: MembershipPorts, person: Author, ref: string): Promise<Room> {
  const { room, membership } = await accessRoom(ports, person, ref);
  if (membership !== undefined) return room;
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  await addMember(ports, room, person, person);
  return room;
}

export async function leaveRoom(ports: MembershipPorts, person: Author, ref: string): Promise<Room> {
  const { room, membership } = await accessRoom(ports, person, ref);
  if (membership === undefined) return room;
  if (room.visibility === "direct") {
    throw new ChatError("forbidden", "A direct conversation can't be left.");
  }
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  // Noted one after the other, so that whoever is stopped in between leaves as little undone as can be; then once more for late ones.
  const bots = await botsThere(ports, room, person);
  for (const each of [person, ...bots]) await noteLeft(ports, room, each);
  for (const each of [person, ...bots]) await untilLeft(ports, room, each);
  for (const each of await botsThere(ports, room, person)) {
    await noteLeft(ports, room, each);
    await untilLeft(ports, room, each);
  }
  return room;
}

async function noteLeft(ports: MembershipPorts, room: Room, { id, name }: Author): Promise<void> {
  await recordEvent(ports, room.id, { id, name }, { type: "member.left", member: { id, name } });
}

async function untilLeft(ports: MembershipPorts, room: Room, { id }: Author): Promise<void> {
  await untilProjected(ports, room, id, false);
  await ports.signals.toUser(id, { type: "rooms", room: room.id, member: false });
}

/** A member brings someone in. Inviting a member changes nothing. */
export async function inviteMember(
  ports: MembershipPorts,
  inviter: Author,
  ref: string,
  guestId: UserId,
): Promise<Room> {
  const { room } = await memberAccess(ports, inviter, ref);
  if (room.visibility === "direct") {
    throw new ChatError("forbidden", "A direct conversation stays between its people; make a room instead.");
  }
  const guest = await ports.users.byId(guestId);
  if (guest === undefined) throw new ChatError("not-found", "There is no such person.", { field: "name" });
  if ((await ports.rooms.membersAmong(room.id, [guest.id])).has(guest.id)) return room;
  await spend(ports, rateLimits.membershipsPerPerson, inviter.id);
  await addMember(ports, room, guest, inviter);
  return room;
}

/** Without questions asked: for use cases that have asked them. */
export async function addMember(ports: MembershipPorts, room: Room, person: Author, by: Author): Promise<void> {
  const isFull = (await ports.rooms.roomIdsOf(person.id)).length >= maxRoomsPerPerson;
  if (isFull && (await ports.users.byId(person.id))?.kind !== "bot") {
    throw new ChatError("forbidden", `${person.name} is in ${maxRoomsPerPerson} rooms already; leave one first.`);
  }
  await refuseStrayBot(ports, room, person);
  const member = { id: person.id, name: person.name };
  await recordEvent(ports, room.id, by, { type: "member.joined", member });
  await untilProjected(ports, room, person.id, true);
  // Its owner may have left meanwhile, before the bot was there to leave with them.
  if (await isStray(ports, room, person)) {
    await noteLeft(ports, room, person);
    return await untilLeft(ports, room, person);
  }
  await ports.signals.toUser(person.id, { type: "rooms", room: room.id, member: true });
}

async function untilProjected(ports: MembershipPorts, room: Room, user: UserId, member: boolean): Promise<void> {
  const done = await untilTrue(
    async () => (await ports.rooms.membersAmong(room.id, [user])).has(user) === member,
    projectionDeadlineMs,
  );
  if (!done)
    throw new ChatError("unavailable", "That is taking longer than usual. It will be done; look again shortly.");
}
