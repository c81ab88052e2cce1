/** Signing up and in. A wrong name and a wrong password look, and take, the same. */

import { ChatError, isChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { addMember, type MembershipPorts } from "./membership.ts";
import { isPasswordOf, preparedPassword } from "./password.ts";
import type { Ports } from "./ports/index.ts";
import { rateLimits, spend } from "./rate-limits.ts";
import { parseNewName } from "./reserved-names.ts";
import { lobbySlug, type Room } from "./room.ts";
import type { Session } from "./session.ts";
import { type SessionPorts, startSession } from "./sessions.ts";
import { checkPassword, maxPasswordLength, nameKey, systemName, type User } from "./user.ts";

export type AccountPorts = MembershipPorts & SessionPorts & Pick<Ports, "passwords">;

export interface Entry {
  readonly name: string;
  readonly password: string;
  /** Where the request came from, for limits. */
  readonly address: string;
  readonly device: string;
}

export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

export async function signUp(ports: AccountPorts, entry: Entry): Promise<SignedIn> {
  const name = parseNewName(entry.name);
  const password = preparedPassword(entry.password);
  checkPassword(password);
  await spend(ports, rateLimits.signUpPerAddress, entry.address);
  const user = newUser(ports, name, "person");
  await ports.users.create(user, await ports.passwords.hash(password));
  const lobby = await ports.rooms.access(lobbySlug, user.id);
  if (lobby !== undefined) await joinSoon(ports, lobby.room, user);
  return { user, session: await startSession(ports, user, entry.device) };
}

/** The account is made: that the lobby takes a little longer is no reason to refuse it. */
async function joinSoon(ports: AccountPorts, lobby: Room, user: User): Promise<void> {
  try {
    await addMember(ports, lobby, user, user);
  } catch (error) {
    if (!isChatError(error, "unavailable")) throw error;
  }
}

export async function signIn(ports: AccountPorts, entry: Entry): Promise<SignedIn> {
  const key = nameKey(entry.name.trim());
  await spend(ports, rateLimits.signInPerAddress, entry.address);
  await spend(ports, rateLimits.signInPerName, `${key.slice(0, 64)}`);
  const found = await ports.users.credentials(key);
  const password = [...preparedPassword(entry.password)].length > maxPasswordLength ? "" : entry.password;
  if (!(await isPasswordOf(ports, found, password)) || found === undefined) {
    throw new ChatError("unauthenticated", "That name and password don't belong together.", { field: "password" });
  }
  return { user: found.user, session: await startSession(ports, found.user, entry.device) };
}

/** The account behind @superchat and the lobby. Safe to call by many gateways at once. */
export async function ensureSystemUser(ports: Pick<Ports, "users" | "clock" | "ids">): Promise<User> {
  return await ensureBot(ports, systemName);
}

/** A bot of the operator's. Nobody can sign in to it. @throws ChatError conflict when the name is somebody else's */
export async function ensureBot(ports: Pick<Ports, "users" | "clock" | "ids">, name: string): Promise<User> {
  const key = nameKey(name);
  const user = newUser(ports, name, "bot");
  const found = (await ports.users.byKey(key)) ?? (await created(ports, user)) ?? (await ports.users.byKey(key));
  if (found?.kind === "bot" && found.owner === undefined) return found;
  throw new ChatError("conflict", `The name ${name} belongs to somebody else; give the bot another.`, {
    field: "name",
  });
}

/** Undefined when another was faster, or the name is taken. */
async function created({ users }: Pick<Ports, "users">, user: User): Promise<User | undefined> {
  try {
    await users.create(user, undefined);
    return user;
  } catch (error) {
    if (isChatError(error, "conflict")) return undefined;
    throw error;
  }
}

function newUser(ports: Pick<Ports, "clock" | "ids">, name: string, kind: User["kind"]): User {
  return { id: ports.ids.next() as UserId, name, kind, createdAt: new Date(ports.clock.now()).toISOString() };
}
