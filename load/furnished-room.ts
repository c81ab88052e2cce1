/** A room as people leave it, for benches of its page: members, and more than a page of messages with what people write. */
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";

const members = 20;
const otherRooms = 9;
/** A full page, and one more that lies further back. */
const messages = 60;
const reactEvery = 5;

const sayings = [
  "Has anybody tried the new version yet?",
  "Yes, since **Monday**. It starts in `0.8 s` here, and I have not seen a restart fail so far.",
  "Good to know! The notes are at https://example.org/notes/2026-11 if somebody wants to read along :)",
  "One thing that I noticed: when the laptop wakes up, the page comes back by itself and shows what I missed. Nice.",
  "- backups: done\n- certificates: done\n- the old server: *next week*",
  "```ts\nconst shown = entries.filter(({ offset }) => offset > after);\n```",
];

export interface FurnishedRoom {
  readonly room: { readonly id: string; readonly slug: string };
  /** A member, who is in some other rooms too. */
  readonly reader: ApiPerson;
}

export async function furnishRoom(url: string): Promise<FurnishedRoom> {
  const people: ApiPerson[] = [];
  for (let n = 0; n < members; n++) people.push(await signUpPerson(url));
  const [reader] = people;
  if (reader === undefined) throw new Error("A room has members.");
  for (let n = 0; n < otherRooms; n++) await reader.createRoom(freshName("other"));
  const room = await reader.createRoom(freshName("room"));
  for (const person of people) await person.call("PUT", `/rooms/${room.id}/members/me`);
  for (let n = 0; n < messages; n++) {
    const author = people[(n * 7) % members] ?? reader;
    const text = n % 10 === 9 ? `@${reader.name} what do you think?` : (sayings[n % sayings.length] ?? "");
    const id = await author.post(room.id, `${text}\n(${n})`);
    if (n % reactEvery === 0) await react(author, room.id, id);
  }
  return { room, reader };
}

async function react(who: ApiPerson, room: string, message: string): Promise<void> {
  const { status } = await who.call("PUT", `/rooms/${room}/messages/${message}/reactions/${encodeURIComponent("👍")}`);
  if (status >= 300) throw new Error(`the reaction was answered with ${status}`);
}
