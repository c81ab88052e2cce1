/** Whether somebody is here is known to those they accepted, not to strangers who sent them a request. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { cookieOf, lookAt, openLive } from "../support/live-page.ts";
import { openProgram } from "../support/program.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => await gateway.close());

const pageOf = async (who: ApiPerson, path: string) =>
  await (await fetch(`${gateway.url}${path}`, { headers: { cookie: cookieOf(who) } })).text();

/** What one is told of another in a room: by the API, on its page, and by a program. */
async function shown(who: ApiPerson, other: ApiPerson, room: { id: string; slug: string }) {
  const { items } = (await who.get(`/rooms/${room.id}/members`)).body;
  const html = await pageOf(who, `/rooms/${room.slug}`);
  const program = await openProgram(gateway.url, { headers: { authorization: `Bearer ${who.token}` } });
  await program.call({ connect: {} });
  const { presence } = (await program.call({ presence: { channel: `room:${room.id}` } })).presence;
  program.close();
  return {
    api: items.find(({ id }: { id: string }) => id === other.id).online,
    page: [...html.matchAll(new RegExp(`data-user="${other.id}" data-online="(\\w+)"`, "g"))].some(
      ([, on]) => on === "true",
    ),
    program: other.id in presence,
  };
}

test("a request tells neither whether the other is here, before and after it is declined; accepted, it does", async () => {
  const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const { room } = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body;
  await ana.post(room.id, "hello, stranger");
  const looking = await lookAt(gateway.url, ana, room);
  const here = await openLive(gateway.url, { cookie: cookieOf(ben) });
  await here.frame(({ unread }) => unread !== undefined);
  const nothing = { api: false, page: false, program: false };
  const everything = { api: true, page: true, program: true };
  expect(await shown(ana, ben, room)).toEqual(nothing);
  expect(await shown(ben, ana, room)).toEqual(nothing);
  await ben.call("DELETE", `/rooms/${room.id}/members/me`);
  expect(await shown(ana, ben, room)).toEqual(nothing);
  // What was told before this came before it.
  await ana.post(room.id, "are you there?");
  await looking.frame(({ content }) => content?.includes("are you there?"));
  expect(looking.frames.filter(({ presence }) => presence?.room === room.id && presence.user === ben.id)).toEqual([]);

  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  expect(await shown(ana, ben, room)).toEqual(everything);
  here.close();
  await looking.frame(({ presence }) => presence?.room === room.id && presence.user === ben.id, "ben's leaving");
  expect(await shown(ana, ben, room)).toEqual(nothing);
}, 30_000);

test("the search of people tells of nobody whether they are here", async () => {
  const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const here = await openLive(gateway.url, { cookie: cookieOf(ben) });
  await here.frame(({ unread }) => unread !== undefined);
  const found = (await pageOf(ana, `/people?q=${ben.name}`)).split('id="results"')[1] ?? "";
  expect(found).toContain(ben.id);
  expect(found).not.toContain("data-online");
});
