/** Makes rooms: public and private ones by name, direct ones by who is in them, and the lobby at first start. */
import { ChatError, isChatError } from "./errors.ts";
import type { RoomId, UserId } from "./ids.ts";
import { addMember, type MembershipPorts } from "./membership.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { recordEvent } from "./record-event.ts";
import { directKeyOf, lobbySlug, parseRoomName, parseTopic, parseVisibility, type Room, slugOf } from "./room.ts";
import type { Author } from "./user.ts";

const slugSuffixLength = 8;
/** Path segments that stand for something else under /rooms. */
const reservedSlugs = new Set(["direct", "new"]);

export async function createRoom(
  ports: MembershipPorts,
  creator: Author,
  input: { readonly name: string; readonly visibility: string },
): Promise<Room> {
  const name = parseRoomName(input.name);
  const visibility = parseVisibility(input.visibility);
  await spend(ports, rateLimits.roomsPerPerson, creator.id);
  const slug = visibility === "public" ? slugOf(name) : `${slugOf(name)}-${ports.ids.word(slugSuffixLength)}`;
  if (reservedSlugs.has(slug))
    throw new ChatError("conflict", "That name is reserved; choose another.", { field: "name" });
  const { room } = await ports.rooms.create({ ...(await newRoom(ports, creator)), slug, name, visibility });
  await recordEvent(ports, room.id, creator, { type: "room.created", name });
  await addMember(ports, room, creator, creator);
  return room;
}

/** The same room for the same two people, whoever asks first. */
export async function openDirectRoom(
  ports: MembershipPorts,
  person: Author,
  others: readonly UserId[],
): Promise<{ readonly room: Room; readonly created: boolean }> {
  const ids = [...new Set([person.id, ...others])];
  if (ids.length !== 2) {
    throw new ChatError("invalid", "A direct conversation is between two people.", { field: "userIds" });
  }
  const people = await ports.users.byIds(ids);
  if (people.length !== ids.length) throw new ChatError("not-found", "There is no such person.", { field: "userIds" });
  await spend(ports, rateLimits.membershipsPerPerson, person.id);
  const { room, created } = await ports.rooms.create({
    ...(await newRoom(ports, person)),
    slug: `direct-${ports.ids.word(slugSuffixLength * 2)}`,
    name: "Direct",
    visibility: "direct",
    directKey: directKeyOf(ids),
  });
  // Also for a room that was there: whoever made it may have been stopped before everybody was in.
  const members = await ports.rooms.membersAmong(room.id, ids);
  for (const user of people) if (!members.has(user.id)) await addMember(ports, room, user, person);
  return { room, created };
}

/** The public room everyone starts in. Safe to call by many gateways at once. */
export async function ensureLobby(ports: MembershipPorts, founder: Author): Promise<void> {
  if ((await ports.rooms.access(lobbySlug, founder.id)) !== undefined) return;
  try {
    const seed = await newRoom(ports, founder);
    const { room } = await ports.rooms.create({ ...seed, slug: lobbySlug, name: lobbySlug, visibility: "public" });
    await recordEvent(ports, room.id, founder, { type: "room.created", name: room.name });
    const topic = parseTopic("Say hello. Everyone starts here.");
    await recordEvent(ports, room.id, founder, { type: "room.topic-changed", topic });
  } catch (error) {
    if (!isChatError(error, "conflict")) throw error;
  }
}

async function newRoom(ports: MembershipPorts, creator: Author) {
  const id = ports.ids.next() as RoomId;
  return {
    id,
    createdBy: creator.id,
    createdAt: new Date(ports.clock.now()).toISOString(),
    epoch: await ports.stream.newEpoch(id),
  };
}
