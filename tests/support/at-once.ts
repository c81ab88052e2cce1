/** What fifty of the same at once make of a room: one event. For any server, asked at one or more of its addresses. */
import { expect } from "bun:test";
import { type ApiPerson, callApi, freshName, signUpPerson } from "./api-person.ts";
import { openRoomOfTwo } from "./room-of-two.ts";

export const atOnce = 50;

/** @param urls of gateways of one community: asked in turn */
export async function fiftyAtOnce(urls: readonly string[]): Promise<void> {
  const [url = ""] = urls;
  const { ana, room, first, path } = await openRoomOfTwo(url);
  const guest = await signUpPerson(url);

  const fifty = async (who: ApiPerson, method: string, at: string, body?: unknown) => {
    const all = Array.from({ length: atOnce }, async (_, n) => {
      const { status } = await callApi(urls[n % urls.length] ?? "", method, at, { token: who.token, body });
      return status;
    });
    return [...new Set(await Promise.all(all))].sort();
  };
  const events = async (type: string): Promise<readonly unknown[]> => {
    const { items } = (await ana.get(`/rooms/${room.id}/events`)).body;
    return items.filter((event: { type: string; author: { id: string } }) => event.type === type);
  };
  const ofGuest = async (type: string) =>
    (await events(type)).filter((event) => (event as { author: { id: string } }).author.id === guest.id).length;

  const me = `/rooms/${room.id}/members/me`;
  const thumb = `${path}/${first}/reactions/${encodeURIComponent("👍")}`;
  for (const round of [1, 2]) {
    expect([await fifty(guest, "PUT", me), await ofGuest("member.joined")]).toEqual([[200], round]);
    expect([await fifty(guest, "PUT", thumb), await ofGuest("reaction.added")]).toEqual([[204], round]);
    expect([await fifty(guest, "DELETE", thumb), await ofGuest("reaction.removed")]).toEqual([[204], round]);
    expect([await fifty(guest, "DELETE", me), await ofGuest("member.left")]).toEqual([[204], round]);
  }
  const topic = await fifty(ana, "PATCH", `/rooms/${room.id}`, { topic: "one topic" });
  expect([topic, (await events("room.topic-changed")).length]).toEqual([[200], 1]);
  const gone = await fifty(ana, "DELETE", `${path}/${first}`);
  expect([gone, (await events("message.deleted")).length]).toEqual([[204], 1]);

  const opened = await Promise.all(
    Array.from({ length: atOnce }, async (_, n) => {
      const [from, to] = n % 2 === 0 ? [ana, guest] : [guest, ana];
      const body = { userIds: [to.id] };
      return (await callApi(urls[n % urls.length] ?? "", "POST", "/rooms/direct", { token: from.token, body })).body
        .room.id;
    }),
  );
  expect(new Set(opened).size).toBe(1);
  const { items } = (await ana.get(`/rooms/${opened[0]}/events`)).body;
  expect(items.map((event: { type: string }) => event.type)).toEqual(["member.joined", "member.joined"]);
  expect(await ana.createRoom(freshName("after"))).toMatchObject({ id: expect.any(String) });
}
