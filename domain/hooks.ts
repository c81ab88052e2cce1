/** Making, listing and removing a room's webhooks: for who administers it. Secrets are the gateway's. */
import { memberAccess } from "./access-room.ts";
import { administers } from "./administers.ts";
import { ChatError } from "./errors.ts";
import { type Hook, type IncomingHook, maxHooksPerRoom, type OutgoingHook, parseHookUrl } from "./hook.ts";
import { bringBot, type HookBotPorts, itselfNamed, letBotGo, ownBotNamed } from "./hook-bots.ts";
import type { HookId } from "./ids.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import type { Room } from "./room.ts";
import { timeNow } from "./time-now.ts";
import type { Author, User } from "./user.ts";

export type HookPorts = HookBotPorts & Pick<Ports, "webhooks">;

export interface HookWish {
  /** Id or slug. */
  readonly room: string;
  /** The same for each try: the second one is a conflict, because the secret is shown once. */
  readonly id?: HookId | undefined;
}

/**
 * @param wish `asItself`: a token makes it, which makes no bots and speaks as nobody else. So it is a bot's, and posts as that bot.
 * @param hash of the secret in its address. @throws ChatError forbidden for everybody but who administers the room
 */
export async function createIncomingHook(
  ports: HookPorts,
  maker: Author,
  wish: HookWish & { readonly name: string; readonly asItself: boolean },
  hash: string,
): Promise<{ readonly hook: IncomingHook; readonly bot: User }> {
  const room = await administeredRoom(ports, maker, wish.room);
  await checkMayMakeAnother(ports, maker, room, wish.id);
  const bot = wish.asItself ? await itselfNamed(ports, maker, wish.name) : await ownBotNamed(ports, maker, wish.name);
  await bringBot(ports, room, bot, maker);
  const hook: IncomingHook = { ...newHook(ports, maker, room, wish.id), kind: "incoming", bot: bot.id };
  await ports.hooks.createIncoming(hook, hash);
  // It left meanwhile if its only webhook was deleted.
  await bringBot(ports, room, bot, maker);
  return { hook, bot };
}

/** It sends what happens from now on. */
export async function createOutgoingHook(
  ports: HookPorts,
  maker: Author,
  wish: HookWish & { readonly url: string },
  sealed: string,
): Promise<OutgoingHook> {
  const room = await administeredRoom(ports, maker, wish.room);
  const url = parseHookUrl(wish.url);
  await checkMayMakeAnother(ports, maker, room, wish.id);
  await ports.webhooks.check(url);
  const { offset } = await ports.stream.head(room.id);
  const head = newHook(ports, maker, room, wish.id);
  const standing = { position: offset, state: "on", failures: 0, nextTryAt: head.createdAt } as const;
  const hook: OutgoingHook = { ...head, kind: "outgoing", url, ...standing };
  await ports.hooks.createOutgoing(hook, sealed);
  return hook;
}

export interface HookOfSomebody {
  readonly hook: Hook;
  /** Who an incoming hook posts as. */
  readonly bot?: Author;
  /** Whoever answers for it is not in the room any more, so that it does nothing. */
  readonly orphaned: boolean;
}

/** Newest first. */
export async function listHooks(
  ports: Pick<Ports, "rooms" | "hooks" | "users">,
  maker: Author,
  ref: string,
): Promise<readonly HookOfSomebody[]> {
  const room = await administeredRoom(ports, maker, ref);
  const hooks = await ports.hooks.listOf(room.id);
  const bots = hooks.flatMap((hook) => (hook.kind === "incoming" ? [hook.bot] : []));
  const users = new Map((await ports.users.byIds(bots)).map((user) => [user.id, user]));
  const makers = await ports.rooms.membersAmong(
    room.id,
    hooks.map(({ createdBy }) => createdBy),
  );
  return hooks.map((hook) => {
    const bot = hook.kind === "incoming" ? users.get(hook.bot) : undefined;
    return { hook, orphaned: !makers.has(hook.createdBy), ...(bot && { bot }) };
  });
}

/** Who knows the address of a webhook posts only while its maker is in the room. @throws ChatError forbidden */
export async function refuseOrphaned(
  ports: Pick<Ports, "rooms">,
  { room, createdBy }: Pick<IncomingHook, "room" | "createdBy">,
): Promise<void> {
  if ((await ports.rooms.membersAmong(room, [createdBy])).has(createdBy)) return;
  throw new ChatError("forbidden", "The person who made this webhook has left the room. Create a new one.");
}

/** The bot of an incoming hook leaves with the last thing that posts as it there. */
export async function removeHook(ports: HookPorts, maker: Author, ref: string, id: HookId): Promise<Room> {
  const room = await administeredRoom(ports, maker, ref);
  const hook = (await ports.hooks.listOf(room.id)).find((each) => each.id === id);
  if (hook === undefined || !(await ports.hooks.remove(room.id, id))) throw noHook();
  if (hook.kind === "incoming") await letBotGo(ports, room, hook.bot);
  return room;
}

/** Goes on where it stopped: nothing that happened meanwhile is left out. Who switches it on answers for it from then on. */
export async function switchHookOn(
  ports: HookPorts,
  maker: Author,
  ref: string,
  id: HookId,
): Promise<{ readonly hook: OutgoingHook; readonly room: Room }> {
  const room = await administeredRoom(ports, maker, ref);
  await spend(ports, rateLimits.hooksPerPerson, maker.id);
  const hook = await ports.hooks.switchOn(room.id, id, maker.id, timeNow(ports));
  if (hook === undefined) throw noHook();
  return { hook, room };
}

/** @throws ChatError forbidden */
async function administeredRoom(ports: Pick<Ports, "rooms" | "users">, maker: Author, ref: string): Promise<Room> {
  const { room } = await memberAccess(ports, maker, ref);
  if (room.visibility === "direct")
    throw new ChatError("forbidden", "A direct conversation stays between its people; make a room for webhooks.");
  if (await administers(ports, maker, room)) return room;
  throw new ChatError("forbidden", "Only the room's administrator can see and change its webhooks.");
}

async function checkMayMakeAnother(ports: HookPorts, maker: Author, room: Room, id?: HookId): Promise<void> {
  await spend(ports, rateLimits.hooksPerPerson, maker.id);
  const hooks = await ports.hooks.listOf(room.id);
  if (hooks.some((hook) => hook.id === id)) throw madeBefore();
  // Before anything is made for it; that the limit holds for those that come at once is the store's.
  if (hooks.length >= maxHooksPerRoom) throw tooManyHooks();
}

function newHook(ports: Pick<Ports, "ids" | "clock">, maker: Author, room: Room, id = ports.ids.next() as HookId) {
  return { id, room: room.id, createdBy: maker.id, createdAt: timeNow(ports) };
}

/** The same whoever notices, stores included. */
export function madeBefore(cause?: unknown): ChatError {
  const sentence = "This webhook was made before. Without its secret, delete it and make another.";
  return new ChatError("conflict", sentence, cause === undefined ? {} : { cause });
}

/** The same whoever notices, stores included. */
export function tooManyHooks(): ChatError {
  return new ChatError("conflict", `A room has at most ${maxHooksPerRoom} webhooks. Delete one that isn't needed.`);
}

function noHook(): ChatError {
  return new ChatError("not-found", "The room has no such webhook.");
}
