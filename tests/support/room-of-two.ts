/** A room with two people in it and a message of the first. */
import { type ApiPerson, freshName, signUpPerson } from "./api-person.ts";

export interface RoomOfTwo {
  readonly ana: ApiPerson;
  readonly ben: ApiPerson;
  readonly room: { readonly id: string; readonly slug: string };
  /** Posted by ana. */
  readonly first: string;
  /** Of the room's messages, within the API. */
  readonly path: string;
}

/** @param text of the first message */
export async function openRoomOfTwo(url: string, text = "hello"): Promise<RoomOfTwo> {
  const [ana, ben] = [await signUpPerson(url), await signUpPerson(url)];
  const room = await ana.createRoom(freshName("two"));
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  return { ana, ben, room, first: await ana.post(room.id, text), path: `/rooms/${room.id}/messages` };
}
