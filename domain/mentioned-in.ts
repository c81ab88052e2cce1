/** Whom a text names among those who may hear of it. */
import { unlessUnavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { mentionedKeys } from "./mention.ts";
import type { Ports } from "./ports/index.ts";
import type { Room, RoomAccess } from "./room.ts";
import type { User } from "./user.ts";

type MentionPorts = Pick<Ports, "rooms" | "users">;

/**
 * Members of the room, and in a public one also the operator's bots that have not joined: they come when they are called. What
 * is said to a bot alone always names it, and what answers somebody names them. While the store is away a message names no people: better said without a badge than not said.
 */
export async function mentionedIn(
  ports: MentionPorts,
  { room, peer }: Pick<RoomAccess, "room" | "peer">,
  text: string,
  answered?: UserId,
): Promise<readonly UserId[]> {
  const named = (await unlessUnavailable(lookUp(ports, room, text, answered))) ?? [];
  return peer?.kind === "bot" && !named.includes(peer.id) ? [...named, peer.id] : named;
}

async function lookUp(
  ports: MentionPorts,
  room: Room,
  text: string,
  answered: UserId | undefined,
): Promise<readonly UserId[]> {
  const keys = mentionedKeys(text);
  if (keys.length === 0 && answered === undefined) return [];
  const found = await Promise.all([
    ...(answered === undefined ? [] : [ports.users.byId(answered)]),
    ...keys.map((key) => ports.users.byKey(key)),
  ]);
  const named = [...new Map(found.flatMap((user) => (user === undefined ? [] : [[user.id, user]]))).values()];
  if (named.length === 0) return [];
  const members = await membersAmong(ports, room, named);
  const comesWhenCalled = ({ kind, owner }: User) =>
    kind === "bot" && owner === undefined && room.visibility === "public";
  return named.filter((user) => members.has(user.id) || comesWhenCalled(user)).map(({ id }) => id);
}

async function membersAmong({ rooms }: MentionPorts, room: Room, named: readonly User[]): Promise<ReadonlySet<UserId>> {
  const ids = named.map(({ id }) => id);
  return (await unlessUnavailable(rooms.membersAmong(room.id, ids))) ?? new Set();
}
