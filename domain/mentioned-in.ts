/** Whom a text names among those who may hear of it, and which names in it stand out. */
import { unlessUnavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { longestName, maxMentions, maxNamesAsked, type NamePlace, namePlaces, namesShown } from "./mention.ts";
import type { Ports } from "./ports/index.ts";
import type { Room, RoomAccess } from "./room.ts";
import type { User } from "./user.ts";

export type MentionPorts = Pick<Ports, "rooms" | "users">;

export interface Mentioned {
  readonly mentions: readonly UserId[];
  /**
   * Keys of the names that stand out in the text. Absent where they are those that the text and `mentions` show by themselves (see
   * namesShown), as in nearly every message: writers of a version that does not know this field put an event aside that has it.
   */
  readonly named?: readonly string[];
}

/**
 * Members of the room, and in a public one also the operator's bots that have not joined: they come when they are called. What
 * is said to a bot alone always names it, and what answers somebody names them. While the store is away a message names no people: better said without a badge than not said.
 */
export async function mentionedIn(
  ports: MentionPorts,
  access: Pick<RoomAccess, "room" | "peer">,
  text: string,
  answered?: UserId,
): Promise<Mentioned> {
  return (await namesIn(ports, access, text, answered)).mentioned;
}

export interface NamesIn {
  readonly mentioned: Mentioned;
  /** Named in the text, but not in the room: they are not notified. At most maxMentions; nobody while that can't be known. */
  readonly absent: readonly User[];
}

/** The same look-ups, and also who is named without hearing of it. */
export async function namesIn(
  ports: MentionPorts,
  { room, peer }: Pick<RoomAccess, "room" | "peer">,
  text: string,
  answered?: UserId,
): Promise<NamesIn> {
  const found = await namedIn(ports, room, text, answered);
  const here = found.here.map(({ id }) => id);
  const mentions = peer?.kind === "bot" && !here.includes(peer.id) ? [...here, peer.id] : here;
  const { places } = found;
  const named = showsByItself(places, found.named, mentions.length > 0) ? {} : { named: found.named };
  return { mentioned: { mentions, ...named }, absent: found.absent.filter(({ id }) => !mentions.includes(id)) };
}

/** Near the limits of what is looked at, more may follow that nobody asked about. */
function showsByItself(places: readonly NamePlace[], named: readonly string[], mentions: boolean): boolean {
  const asked = places.reduce((sum, { names }) => sum + names.length, 0);
  if (places.length === maxMentions || 2 * asked > maxNamesAsked) return false;
  const [own, kept] = [namesShown({ mentions }), namesShown({ mentions, named })];
  return places.every((place) => own?.(place)?.key === kept?.(place)?.key);
}

interface Named {
  readonly places: readonly NamePlace[];
  readonly here: readonly User[];
  readonly absent: readonly User[];
  readonly named: readonly string[];
}

async function namedIn(ports: MentionPorts, room: Room, text: string, answered?: UserId): Promise<Named> {
  const places = namePlaces(text);
  const keys = places.flatMap(({ names }) => names.map(({ key }) => key));
  const [users = new Map<string, User>(), whoAsked] = await Promise.all([
    keys.length === 0 ? undefined : unlessUnavailable(ports.users.byKeys(keys)),
    answered === undefined ? undefined : unlessUnavailable(ports.users.byId(answered)),
  ]);
  const byName = places.flatMap((place) => {
    const name = longestName(place, (key) => users.has(key));
    const user = name && users.get(name.key);
    return user === undefined ? [] : [{ key: name?.key ?? "", user }];
  });
  const everybody = [...(whoAsked === undefined ? [] : [whoAsked]), ...byName.map(({ user }) => user)];
  const people = [...new Map(everybody.map((user) => [user.id, user])).values()];
  const known = people.length === 0 ? undefined : await membersAmong(ports, room, people);
  const members = known ?? new Set<UserId>();
  const comesWhenCalled = ({ kind, owner }: User) =>
    kind === "bot" && owner === undefined && room.visibility === "public";
  const isHere = (user: User) => members.has(user.id) || comesWhenCalled(user);
  const heard = new Set(byName.filter(({ user }) => isHere(user)).map(({ key }) => key));
  const shadows = (key: string) => [...heard].some((shorter) => key !== shorter && key.startsWith(shorter));
  const named = [...new Set(byName.map(({ key }) => key))].filter((key) => heard.has(key) || shadows(key));
  const byText = new Set(byName.map(({ user }) => user.id));
  const absent = known === undefined ? [] : people.filter((user) => byText.has(user.id) && !isHere(user));
  return { places, here: people.filter(isHere), absent, named };
}

/** Undefined while the store is away. */
async function membersAmong({ rooms }: MentionPorts, room: Room, named: readonly User[]) {
  const ids = named.map(({ id }) => id);
  return await unlessUnavailable(rooms.membersAmong(room.id, ids));
}
