/**
 * Joining and leaving. A membership follows from its events, so both are in one order everywhere. Who is asked into a room, or into a
 * direct conversation, answers by joining and leaving, too.
 */
import { noSuchRoom } from "./access-room.ts";
import { acceptRequest, declineRequest } from "./direct-requests.ts";
import { ChatError, unlessUnavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { inTurn } from "./in-turn.ts";
import { botsThere, isStray, refuseStrayBot } from "./own-bots.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";
import { isRequestTo, maxRoomsPerPerson, type Room } from "./room.ts";
import { timeNow } from "./time-now.ts";
import { untilTrue } from "./until-true.ts";
import type { Author } from "./user.ts";

export type MembershipPorts = RecordPorts &
  Pick<Ports, "rooms" | "directs" | "invitations" | "users" | "signals" | "limiter" | "claims">;

/**
 * How long a change of membership may take to show in the store before the caller is told to look again; less than the
 * five seconds after which nginx gives up.
 */
export const projectionDeadlineMs = 4_000;
/** How long a place is held for a join that has not shown in the store, because that is away or behind. */
export const seatHeldMs = 10 * 60_000;

/** @returns the room, joined now or before. */
export async function joinRoom(ports: MembershipPorts, person: Author, ref: string): Promise<Room> {
  const access = await ports.rooms.access(ref, person.id);
  if (access?.membership !== undefined) {
    if (isRequestTo(access.room, person.id)) await acceptRequest(ports, access.room, person.id);
    return access.room;
  }
  const invitation = await ports.invitations.find(person.id, ref, timeNow(ports));
  const room = access?.room ?? invitation?.room;
  if (room === undefined) throw noSuchRoom();
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  await addMember(ports, room, person, person);
  if (invitation === undefined) return room;
  await ports.invitations.remove(person.id, room.id);
  await ports.signals.toUser(person.id, { type: "waiting" });
  return room;
}

/** Out of the room; for who was asked into it, declining. */
export async function leaveRoom(ports: MembershipPorts, person: Author, ref: string): Promise<void> {
  const room = await declineRoom(ports, person, ref);
  if (room === undefined) return;
  if (room.visibility === "direct") {
    throw new ChatError("forbidden", "A direct conversation can't be left; it can be hidden.");
  }
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  await unlessDone(ports, room, person, false, async () => await leaveWithBots(ports, room, person));
}

async function leaveWithBots(ports: MembershipPorts, room: Room, person: Author): Promise<void> {
  // Noted one after the other, so that whoever is stopped in between leaves as little undone as can be; then once more for late ones.
  const bots = await botsThere(ports, room, person);
  for (const each of [person, ...bots]) await noteLeft(ports, room, each);
  for (const each of [person, ...bots]) await untilLeft(ports, room, each);
  for (const each of await botsThere(ports, room, person)) {
    await noteLeft(ports, room, each);
    await untilLeft(ports, room, each);
  }
}

/**
 * Says no to what waits for an answer, an invitation or a message request; nothing happens to who has accepted it meanwhile.
 * @returns the room that they are in
 */
export async function declineRoom(ports: MembershipPorts, person: Author, ref: string): Promise<Room | undefined> {
  const access = await ports.rooms.access(ref, person.id);
  if (access?.membership !== undefined) {
    if (!isRequestTo(access.room, person.id)) return access.room;
    return void (await declineRequest(ports, access.room, person.id));
  }
  const invitation = await ports.invitations.find(person.id, ref, timeNow(ports));
  if (invitation !== undefined) return void (await declineInvitation(ports, invitation.room, person));
  if (access === undefined) throw noSuchRoom();
  return undefined;
}

/** Without questions asked, as addMember. */
export async function removeMember(ports: MembershipPorts, room: Room, person: Author): Promise<void> {
  await unlessDone(ports, room, person, false, async () => {
    await noteLeft(ports, room, person);
    await untilLeft(ports, room, person);
  });
}

async function noteLeft(ports: MembershipPorts, room: Room, { id, name }: Author): Promise<void> {
  await recordEvent(ports, room.id, { id, name }, { type: "member.left", member: { id, name } });
}

async function untilLeft(ports: MembershipPorts, room: Room, { id }: Author): Promise<void> {
  await untilProjected(ports, room, id, false);
  await ports.signals.toUser(id, { type: "rooms", room: room.id, member: false });
}

/** Tells nobody. */
async function declineInvitation(ports: MembershipPorts, room: Room, person: Author): Promise<void> {
  await ports.invitations.decline(person.id, room.id, timeNow(ports));
  await ports.signals.toUser(person.id, { type: "waiting" });
}

/** Without questions asked: for use cases that have asked them. @throws ChatError forbidden when they are in too many rooms */
export async function addMember(ports: MembershipPorts, room: Room, person: Author, by: Author): Promise<void> {
  await unlessDone(ports, room, person, true, async () => {
    await refuseStrayBot(ports, room, person);
    await takeSeat(ports, room, person);
    await recordMember(ports, room, person, by);
  });
}

/** Joins and leaves of one person in one room are in turn: each is one event, however many of them are asked for at once. */
async function unlessDone(
  ports: MembershipPorts,
  room: Room,
  { id }: Author,
  member: boolean,
  work: () => Promise<void>,
): Promise<void> {
  await inTurn(ports, `member ${room.id} ${id}`, async () => await isMember(ports, room, id, member), work);
}

async function isMember({ rooms }: MembershipPorts, room: Room, user: UserId, member: boolean): Promise<boolean> {
  return (await rooms.membersAmong(room.id, [user])).has(user) === member;
}

/** A place for somebody who is about to be in the room: before anything is made that would be left behind when there is none. */
export async function takeSeat(
  ports: Pick<Ports, "rooms" | "users" | "clock">,
  room: Pick<Room, "id" | "visibility">,
  person: Author,
): Promise<void> {
  if (room.visibility === "direct") return;
  const until = new Date(ports.clock.now() + seatHeldMs).toISOString();
  if (await ports.rooms.takeSeat(person.id, room.id, timeNow(ports), until)) return;
  if ((await ports.users.byId(person.id))?.kind === "bot") return;
  throw new ChatError("forbidden", `${person.name} is in ${maxRoomsPerPerson} rooms already; leave one first.`);
}

/** For who has a seat. */
export async function recordMember(ports: MembershipPorts, room: Room, person: Author, by: Author): Promise<void> {
  const member = { id: person.id, name: person.name };
  await recordEvent(ports, room.id, by, { type: "member.joined", member });
  await untilProjected(ports, room, person.id, true);
  // One that is not given back ends by itself.
  if (room.visibility !== "direct") await unlessUnavailable(ports.rooms.leaveSeat(person.id, room.id));
  // Its owner may have left meanwhile, before the bot was there to leave with them.
  if (await isStray(ports, room, person)) {
    await noteLeft(ports, room, person);
    return await untilLeft(ports, room, person);
  }
  const news = isRequestTo(room, person.id) ? "waiting" : "rooms";
  await ports.signals.toUser(
    person.id,
    news === "waiting" ? { type: news } : { type: news, room: room.id, member: true },
  );
}

async function untilProjected(ports: MembershipPorts, room: Room, user: UserId, member: boolean): Promise<void> {
  const done = await untilTrue(async () => await isMember(ports, room, user, member), projectionDeadlineMs);
  if (!done)
    throw new ChatError("unavailable", "That is taking longer than usual. It will be done; look again shortly.");
}
