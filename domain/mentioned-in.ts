/** Whom a text names among those who may hear of it. */
import { isChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { mentionedKeys } from "./mention.ts";
import type { Ports } from "./ports/index.ts";
import type { Room } from "./room.ts";

type MentionPorts = Pick<Ports, "rooms" | "users">;

/**
 * Members of the room, and in a public one also bots that have not joined: they come when they are called. While the store is
 * away a message names nobody: better said without a badge than not said.
 */
export async function mentionedIn(ports: MentionPorts, room: Room, text: string): Promise<readonly UserId[]> {
  try {
    return await lookUp(ports, room, text);
  } catch (error) {
    if (isChatError(error, "unavailable")) return [];
    throw error;
  }
}

async function lookUp(ports: MentionPorts, room: Room, text: string): Promise<readonly UserId[]> {
  const keys = mentionedKeys(text);
  if (keys.length === 0) return [];
  const named = (await Promise.all(keys.map((key) => ports.users.byKey(key)))).filter((user) => user !== undefined);
  if (named.length === 0) return [];
  const members = await ports.rooms.membersAmong(
    room.id,
    named.map(({ id }) => id),
  );
  return named
    .filter(({ id, kind }) => members.has(id) || (kind === "bot" && room.visibility === "public"))
    .map(({ id }) => id);
}
