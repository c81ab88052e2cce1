/** Makes rooms: public and private ones by name, direct ones by who is in them, and the lobby at first start. */
import { requestBetween } from "./direct-requests.ts";
import { ChatError, isChatError } from "./errors.ts";
import type { RoomId, UserId } from "./ids.ts";
import { addMember, type MembershipPorts, recordMember, takeSeat } from "./membership.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { recordEvent } from "./record-event.ts";
import {
  directKeyOf,
  lobbySlug,
  type NewRoom,
  parseRoomName,
  parseTopic,
  parseVisibility,
  type Room,
  slugOf,
} from "./room.ts";
import { timeNow } from "./time-now.ts";
import type { Author, User } from "./user.ts";

const slugSuffixLength = 8;
/** How many slugs that people can guess are tried, before one ends in a random part. */
const numberedSlugs = 4;
/** Path segments that stand for something else under /rooms. */
const reservedSlugs = new Set(["direct", "new"]);

/** Everything that may refuse it comes before the room: what is refused leaves nothing behind. */
export async function createRoom(
  ports: MembershipPorts,
  creator: Author,
  input: { readonly name: string; readonly visibility: string },
): Promise<Room> {
  const name = parseRoomName(input.name);
  const visibility = parseVisibility(input.visibility);
  await spend(ports, rateLimits.roomsPerPerson, creator.id);
  const wish = { ...(await newRoom(ports, creator)), name, visibility };
  await takeSeat(ports, wish, creator);
  const room = await created(ports, wish);
  await recordEvent(ports, room.id, creator, { type: "room.created", name });
  await recordMember(ports, room, creator, creator);
  return room;
}

/** Names that differ may come to one slug: x++ and x#. The first is at x, the second at x-2. @throws ChatError conflict for the name */
async function created(ports: MembershipPorts, wish: Omit<NewRoom, "slug">): Promise<Room> {
  try {
    const own = slugOf(wish.name);
    const numbered = Array.from({ length: numberedSlugs }, (_, at) => (at === 0 ? own : `${own}-${at + 1}`));
    const slugs = wish.visibility === "public" ? numbered.filter((slug) => !reservedSlugs.has(slug)) : [];
    for (const slug of slugs) {
      const room = await createdAt(ports, { ...wish, slug });
      if (room !== undefined) return room;
    }
    return (await ports.rooms.create({ ...wish, slug: `${own}-${ports.ids.word(slugSuffixLength)}` })).room;
  } catch (error) {
    await ports.rooms.leaveSeat(wish.createdBy, wish.id);
    throw error;
  }
}

/** Undefined when another room has this slug. The room; or the one that its creator began before, and that was stopped before anything happened in it. */
async function createdAt(ports: MembershipPorts, wish: NewRoom): Promise<Room | undefined> {
  try {
    return (await ports.rooms.create(wish)).room;
  } catch (error) {
    if (!isChatError(error, "conflict")) throw error;
    const before = (await ports.rooms.access(wish.slug, wish.createdBy))?.room;
    if (before && isUnbegun(before, wish)) {
      await ports.rooms.leaveSeat(wish.createdBy, wish.id);
      return before;
    }
    if (error.field !== "slug") throw error;
    return undefined;
  }
}

function isUnbegun({ createdBy, name, offset, memberCount }: Room, wish: NewRoom): boolean {
  return createdBy === wish.createdBy && name === wish.name && offset === 0 && memberCount === 0;
}

/** The same room for the same two people, whoever asks first. Opening it again brings it back into one's list. */
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
  const [from, to] = [people.find(({ id }) => id === person.id), people.find(({ id }) => id !== person.id)];
  if (from === undefined || to === undefined)
    throw new ChatError("not-found", "There is no such person.", { field: "userIds" });
  const directKey = directKeyOf(ids);
  const before = await ports.directs.find(directKey);
  const { room, created } = before ? { room: before, created: false } : await newDirectRoom(ports, from, to, directKey);
  // Also for a room that was there: whoever made it may have been stopped before everybody was in.
  const members = await ports.rooms.membersAmong(room.id, ids);
  for (const user of people) if (!members.has(user.id)) await addMember(ports, room, user, person);
  if (!created) await ports.directs.hide(room.id, person.id, undefined);
  return { room, created };
}

async function newDirectRoom(ports: MembershipPorts, from: User, to: User, directKey: string) {
  // The operator's bots bring news of the server. A person's bots spend what their owner has.
  if (to.owner !== undefined && to.owner !== from.id)
    throw new ChatError("forbidden", "Only its owner can message this bot.", { field: "name" });
  const isOperators = from.kind === "bot" && from.owner === undefined;
  if (!isOperators) await spend(ports, rateLimits.directRoomsPerPerson, from.owner ?? from.id);
  const request = await requestBetween(ports, from, to);
  return await ports.directs.open({
    ...(await newRoom(ports, from)),
    slug: `direct-${ports.ids.word(slugSuffixLength * 2)}`,
    name: "Direct",
    visibility: "direct",
    directKey,
    ...(request && { request }),
  });
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
    createdAt: timeNow(ports),
    epoch: await ports.stream.newEpoch(id),
  };
}
