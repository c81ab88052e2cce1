/** Signing up and in. A wrong name and a wrong password look, and take, the same. */

import { askedName } from "./asked-name.ts";
import { ChatError, isChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { addMember, type MembershipPorts } from "./membership.ts";
import { isPasswordOf, preparedPassword } from "./password.ts";
import type { Credentials, Ports } from "./ports/index.ts";
import { rateLimits, refuseUnlessAllowed, spend } from "./rate-limits.ts";
import { parseNewName } from "./reserved-names.ts";
import { lobbySlug, type Room } from "./room.ts";
import type { Session } from "./session.ts";
import { type SessionPorts, startSession } from "./sessions.ts";
import { timeNow } from "./time-now.ts";
import { checkPassword, maxPasswordLength, nameKey, systemName, type User } from "./user.ts";

export type AccountPorts = MembershipPorts & SessionPorts & Pick<Ports, "passwords">;

/** What is longer is no name; limits go by its start. */
const maxLimitedNameLength = 64;

export interface Entry {
  readonly name: string;
  readonly password: string;
  /** Where the request came from, for limits. */
  readonly address: string;
  /** Stands for the address in what is kept, so that it is known there the next time. */
  readonly place: string;
  /** An id of the browser, when this name has signed in there before. */
  readonly browser?: string | undefined;
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
  return { user, session: await startSession(ports, user, entry) };
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
  const found = await spendTry(ports, key.slice(0, maxLimitedNameLength), entry, () => ports.users.credentials(key));
  const password = [...preparedPassword(entry.password)].length > maxPasswordLength ? "" : entry.password;
  if (!(await isPasswordOf(ports, found, password)) || found === undefined) {
    throw new ChatError("unauthenticated", "That name and password don't belong together.", { field: "password" });
  }
  // Many who sign in from one place, as at a school, are nobody who guesses.
  if (entry.browser === undefined) await ports.limiter.giveBack(rateLimits.signInPerAddress, entry.address);
  return { user: found.user, session: await startSession(ports, found.user, entry) };
}

/**
 * Guessing is limited by address and for each name, in a way that nobody can use to lock somebody else out: a browser in which this name
 * has signed in before has tries of its own, and so has a place, also when others have used up what a name has everywhere else. What the
 * store is asked is the same whether there is such a name or not.
 */
async function spendTry(
  ports: AccountPorts,
  name: string,
  { address, place, browser }: Entry,
  find: () => Promise<Credentials | undefined>,
): Promise<Credentials | undefined> {
  if (browser !== undefined) {
    await spend(ports, rateLimits.signInPerBrowser, `${name} ${browser}`);
    return await find();
  }
  await spend(ports, rateLimits.signInPerAddress, address);
  await spend(ports, rateLimits.signInPerNameAndAddress, `${name} ${address}`);
  const taken = await ports.limiter.take(rateLimits.signInPerName, name);
  const found = await find();
  if (!taken.allowed && !(await ports.sessions.startedAt(found?.user.id ?? (ports.ids.next() as UserId), place))) {
    refuseUnlessAllowed(rateLimits.signInPerName, taken);
  }
  return found;
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
  return { id: ports.ids.next() as UserId, name, kind, createdAt: timeNow(ports) };
}

/** Whose name was typed. @throws ChatError not-found */
export async function personCalled(ports: Pick<Ports, "users">, typed: string): Promise<User> {
  const found = await ports.users.byKey(nameKey(askedName(typed)));
  if (found === undefined) throw new ChatError("not-found", "There is nobody of that name.", { field: "name" });
  return found;
}
