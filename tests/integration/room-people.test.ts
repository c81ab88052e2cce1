/** Who is in a room: who is here first, with counts; oneself and everybody else can be found. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { UserId } from "#domain/ids.ts";
import { columnSize, maxLookedFor } from "#gateway/people.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { signUpAtPage } from "../support/page-person.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => await gateway.close());

const named = (html: string) =>
  [...html.matchAll(/<span class="name"><bdi>([^<]+)<\/bdi>/g)].map(([, name]) => name ?? "");
const columnOf = (html: string) => /<div class="column"[\s\S]*?<\/div>/.exec(html)?.[0] ?? "";

test("of 233 members those who are here come first, oneself among them, and all can be reached", async () => {
  const maker = await signUpPerson(gateway.url);
  const room = await maker.createRoom(freshName("crowd"));
  const me = await signUpAtPage(gateway.url, freshName("zz"));
  await me.submit(await me.visit(`/rooms/${room.slug}`), `/rooms/${room.slug}/join`);
  const crowd = await Promise.all(Array.from({ length: 231 }, () => signUpPerson(gateway.url, freshName("m"))));
  await Promise.all(crowd.map((each) => each.call("PUT", `/rooms/${room.id}/members/me`)));
  const byName = [...crowd].sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
  const here = byName.slice(-11);
  for (const { id } of here) await gateway.ports.presence.enter(id as UserId, `socket of ${id}`);

  const column = columnOf((await me.visit(`/rooms/${room.slug}`)).html);
  expect(column).toContain('Online — <span class="count">12</span>');
  expect(column).toContain('Others — <span class="count">221</span>');
  expect(named(column).slice(0, 12)).toEqual([me.name, ...here.map(({ name }) => name)]);
  expect(named(column)).toHaveLength(12 + columnSize);
  expect(column).toContain("(you)");

  const page = await me.visit(`/rooms/${room.slug}/people`);
  expect(page.html).toContain("Online — 12");
  const reached = new Set<string>();
  for (let next: string | undefined = `/rooms/${room.slug}/people`; next !== undefined; ) {
    const { html } = await me.visit(next);
    for (const name of named(html)) reached.add(name);
    next = /<li class="more"><a href="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  }
  expect(reached.size).toBe(233);
  const found = await me.visit(`/rooms/${room.slug}/people?q=${me.name}`);
  expect(named(found.html)).toEqual([me.name]);
  expect((await me.visit(`/rooms/${room.slug}/people?q=nobody-of-this-name`)).html).toContain("Nobody in this room");
}, 60_000);

test("of a larger room who wrote lately is looked for, too", async () => {
  let asked = 0;
  await using own = await startGateway({
    between: (ports) => ({
      ...ports,
      rooms: {
        ...ports.rooms,
        access: async (...words) => {
          const access = await ports.rooms.access(...words);
          return access && { ...access, room: { ...access.room, memberCount: maxLookedFor + 1 } };
        },
        sidebarOf: async () => ({ rooms: [], waiting: { invitations: 0, requests: 0 } }),
        members: async (room, page) => {
          asked = Math.max(asked, page.limit);
          return await ports.rooms.members(room, { ...page, limit: Math.min(page.limit, 2) });
        },
      },
    }),
  });
  const maker = await signUpPerson(own.url, freshName("a"));
  const room = await maker.createRoom(freshName("large"));
  const quiet = await signUpPerson(own.url, freshName("b"));
  const loud = await signUpPerson(own.url, freshName("z"));
  for (const each of [quiet, loud]) await each.call("PUT", `/rooms/${room.id}/members/me`);
  await loud.post(room.id, "hello");
  for (const { id } of [loud]) await own.ports.presence.enter(id as UserId, "socket");
  const me = await signUpAtPage(own.url, freshName("m"));
  await me.submit(await me.visit(`/rooms/${room.slug}`), `/rooms/${room.slug}/join`);
  const column = columnOf((await me.visit(`/rooms/${room.slug}`)).html);
  expect(named(column).slice(0, 2)).toEqual([me.name, loud.name]);
  expect(asked).toBeLessThanOrEqual(2 * columnSize);
});
