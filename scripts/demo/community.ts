/** Everybody of the cast at the server, in the rooms that they are in. Done twice it changes nothing. */
import { type Account, openAccount, refused } from "./account.ts";
import type { Cast, DemoRoom } from "./script.ts";

export interface Community {
  readonly url: string;
  /** By the name in the script. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** Ids of rooms, by the name in the script. */
  readonly rooms: ReadonlyMap<string, string>;
}

export async function openCommunity(url: string, { people, rooms }: Cast, password: string): Promise<Community> {
  const accounts = new Map<string, Account>();
  for (const { name } of people) accounts.set(name, await openAccount(url, name, password));
  const opened = new Map<string, string>();
  for (const room of rooms) opened.set(room.topic.name, await openRoom(room, accounts));
  return { url, accounts, rooms: opened };
}

async function openRoom(
  { topic: { name, about }, people }: DemoRoom,
  accounts: Community["accounts"],
): Promise<string> {
  const members = people.flatMap((person) => accounts.get(person.name) ?? []);
  const [maker] = members;
  if (maker === undefined) throw new Error(`Nobody is in ${name}.`);
  const made = name === "lobby" ? undefined : await maker.call("POST", "/rooms", { name, visibility: "public" });
  const id = made?.status === 201 ? (made.body.room.id as string) : await roomNamed(maker, name);
  for (const member of members) {
    const answer = await member.call("PUT", `/rooms/${id}/members/me`);
    if (answer.status !== 200) throw refused(`joining ${name}`, answer);
  }
  // A room that was there before, such as the lobby, may be somebody else's to describe.
  const told = await maker.call("PATCH", `/rooms/${id}`, { topic: about });
  if (told.status !== 200 && told.status !== 403) throw refused(`the topic of ${name}`, told);
  return id;
}

async function roomNamed(account: Account, name: string): Promise<string> {
  const answer = await account.call("GET", `/rooms?limit=200&q=${encodeURIComponent(name)}`);
  const found = answer.body.items?.find((room: { name: string }) => room.name.toLowerCase() === name);
  if (found === undefined) throw refused(`finding the room ${name}`, answer);
  return found.id;
}
