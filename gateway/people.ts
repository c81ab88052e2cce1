/** The members of a room as a page shows them: who is here first. */
import type { UserId } from "#domain/ids.ts";
import type { Page, PageQuery, Ports } from "#domain/ports/index.ts";
import { isRequest, type Room, type RoomAccess } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import type { PeopleCounts, PersonHere } from "#views/chrome.ts";

const pageSize = 100;
/** People of each kind beside the conversation. */
export const columnSize = 50;
/** Members who are looked for among those who are here. Of a larger room it is the first by name and who wrote lately. */
export const maxLookedFor = 1_000;
/** Messages whose authors count as having written lately. */
const latelyMessages = 500;

export interface PeopleHere {
  /** Who is here, the viewer first, then the others; by name. */
  readonly people: readonly PersonHere[];
  readonly counts: PeopleCounts;
}

type PeoplePorts = Pick<Ports, "rooms" | "presence">;

/** Nobody for somebody who is not a member: who is in a room is known to its members only. */
export async function peopleHere(
  ports: PeoplePorts,
  { room, membership }: Pick<RoomAccess, "room" | "membership">,
  viewer: Author,
): Promise<PeopleHere> {
  if (membership === undefined) return { people: [], counts: { online: 0, others: 0 } };
  const members = await lookedFor(ports, room.id, room.memberCount);
  const online = await onlineIn(ports, room, members);
  // Whoever looks is here, also without scripts.
  const isHere = (id: UserId) => id === viewer.id || online.has(id);
  const here = members.filter(({ id }) => id !== viewer.id && online.has(id));
  const others = members.filter(({ id }) => !isHere(id));
  const shown = [viewer, ...here].slice(0, columnSize).map(({ id, name }) => ({ id, name, online: true }));
  return {
    people: [...shown, ...others.slice(0, columnSize).map(({ id, name }) => ({ id, name, online: false }))],
    counts: { online: here.length + 1, others: Math.max(0, room.memberCount - here.length - 1) },
  };
}

/** Which of the members are here. Strangers are not told of each other before a request is accepted. */
export async function onlineIn(
  { presence }: Pick<Ports, "presence">,
  room: Pick<Room, "request">,
  members: readonly Author[],
): Promise<ReadonlySet<UserId>> {
  return isRequest(room) ? new Set() : await presence.online(members.map(({ id }) => id));
}

/** By name. */
async function lookedFor({ rooms }: PeoplePorts, room: RoomAccess["room"]["id"], memberCount: number) {
  if (memberCount <= maxLookedFor) return (await rooms.members(room, { limit: maxLookedFor })).items;
  const [first, lately] = await Promise.all([
    rooms.members(room, { limit: 2 * columnSize }),
    rooms.recentAuthors(room, latelyMessages),
  ]);
  const known = new Set(first.items.map(({ id }) => id));
  return [...first.items, ...lately.filter(({ id }) => !known.has(id))];
}

/** All members by name, page by page, or those that a search finds. */
export async function peopleOf(
  ports: PeoplePorts,
  { room, membership }: Pick<RoomAccess, "room" | "membership">,
  query: Pick<PageQuery, "cursor" | "search">,
): Promise<Page<PersonHere>> {
  if (membership === undefined) return { items: [], next: undefined };
  const { items, next } = await ports.rooms.members(room.id, { limit: pageSize, ...query });
  const online = await onlineIn(ports, room, items);
  return { items: items.map(({ id, name }) => ({ id, name, online: online.has(id) })), next };
}
