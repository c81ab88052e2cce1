/** Where a person's bots may be: they read and write there, so they go when their owner goes. Bots without an owner are the operator's. */
import { ChatError } from "./errors.ts";
import type { Ports } from "./ports/index.ts";
import type { Room } from "./room.ts";
import type { Author } from "./user.ts";

type BotPorts = Pick<Ports, "rooms" | "users">;

/** @throws ChatError forbidden when a bot has no business there */
export async function refuseStrayBot(ports: BotPorts, room: Room, person: Author): Promise<void> {
  if (await isStray(ports, room, person)) {
    throw new ChatError("forbidden", `${person.name} is a bot, and its owner is not in the room.`, { field: "name" });
  }
}

/** A public room is open to any bot, as to anybody. In any other one is only while its owner is there, unless it made the room. */
export async function isStray(ports: BotPorts, room: Room, person: Author): Promise<boolean> {
  if (room.visibility === "public" || room.createdBy === person.id) return false;
  const owner = (await ports.users.byId(person.id))?.owner;
  return owner !== undefined && !(await ports.rooms.membersAmong(room.id, [owner])).has(owner);
}

/** Those that leave with their owner: all that are in the room, but for one that made it. */
export async function botsThere(ports: BotPorts, room: Room, owner: Author): Promise<readonly Author[]> {
  const bots = (await ports.users.botsOf(owner.id)).filter(({ id }) => id !== room.createdBy);
  if (bots.length === 0) return [];
  const there = await ports.rooms.membersAmong(
    room.id,
    bots.map(({ id }) => id),
  );
  return bots.filter(({ id }) => there.has(id));
}
