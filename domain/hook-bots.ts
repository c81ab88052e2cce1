/** Who an incoming webhook posts as: a bot of its maker's, in the room while something posts as it there. */
import { ChatError, unlessUnavailable } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { addMember, type MembershipPorts, removeMember } from "./membership.ts";
import type { Ports } from "./ports/index.ts";
import { createBot } from "./program-tokens.ts";
import type { Room } from "./room.ts";
import { type Author, nameKey, type User } from "./user.ts";

export type HookBotPorts = MembershipPorts & Pick<Ports, "hooks" | "programTokens">;

/** A bot of the maker's, found by name or made. */
export async function ownBotNamed(ports: HookBotPorts, maker: Author, name: string): Promise<User> {
  const known = (await ports.users.botsOf(maker.id)).find((bot) => nameKey(bot.name) === nameKey(name.trim()));
  return known ?? (await createBot(ports, maker, name));
}

/** @throws ChatError forbidden unless the maker is the bot of that name */
export async function itselfNamed(ports: HookBotPorts, maker: Author, name: string): Promise<User> {
  const self = await ports.users.byId(maker.id);
  if (self?.kind === "bot" && nameKey(self.name) === nameKey(name.trim())) return self;
  const sentence = "A token makes no bots and speaks as nobody else. Sign in to make this webhook.";
  throw new ChatError("forbidden", sentence, { field: "name" });
}

export async function bringBot(ports: HookBotPorts, room: Room, bot: Author, by: Author): Promise<void> {
  if (!(await ports.rooms.membersAmong(room.id, [bot.id])).has(bot.id)) await addMember(ports, room, bot, by);
}

/**
 * After its webhook was deleted. What it said stays its own. The webhook is gone whatever becomes of this: while the log is unavailable
 * the bot stays.
 */
export async function letBotGo(ports: HookBotPorts, room: Room, id: UserId): Promise<void> {
  const bot = await ports.users.byId(id);
  if (bot === undefined || (await isNeeded(ports, room, bot))) return;
  await unlessUnavailable(removeMember(ports, room, bot));
  // A webhook that was made meanwhile found it in the room.
  if (await isNeeded(ports, room, bot)) await bringBot(ports, room, bot, bot);
}

/** Another webhook of the room posts as it, a program speaks as it, or the room is its own. */
async function isNeeded(ports: HookBotPorts, room: Room, bot: User): Promise<boolean> {
  if (room.createdBy === bot.id) return true;
  const hooks = await ports.hooks.listOf(room.id);
  if (hooks.some((hook) => hook.kind === "incoming" && hook.bot === bot.id)) return true;
  const tokens = bot.owner === undefined ? [] : await ports.programTokens.listOf(bot.owner);
  return tokens.some(({ user, expiresAt }) => user === bot.id && Date.parse(expiresAt) > ports.clock.now());
}
