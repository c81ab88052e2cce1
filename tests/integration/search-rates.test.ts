/** Searches of names have a rate per person, whichever way they ask and over all gateways; lists without a search don't count. */
import { beforeEach, expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { type ApiPerson, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { cookieOf } from "../support/live-page.ts";
import { type TwoGateways, useTwoGateways } from "../support/two-gateways.ts";

const { searchesPerPerson } = rateLimits;

const two = useTwoGateways();
let { clock, urls, ports, ana, ben, room } = {} as TwoGateways;
beforeEach(() => {
  ({ clock, urls, ports, ana, ben, room } = two());
});

const see = async (who: ApiPerson, path: string, headers = {}, url = urls[1]) =>
  await fetch(`${url}${path}`, { headers: { cookie: cookieOf(who), ...headers } });
const call = async (who: ApiPerson, path: string) =>
  await fetch(`${urls[0]}/api/v1${path}`, { headers: { authorization: `Bearer ${who.token}` } });
const fragment = { "HX-Request": "true", "HX-Request-Type": "partial" };

/** Each way to search, by the page or the call. */
const ways = {
  "people, at their page": () => see(ana, "/people?q=a"),
  "rooms, at their page": () => see(ana, "/rooms?q=a"),
  "people of a room, at their page": () => see(ana, `/rooms/${room.slug}/people?q=a`),
  "people of a room, in its list": () => see(ana, `/rooms/${room.slug}/people?q=a`, fragment),
  "a further page of what was found": () => see(ana, "/people?q=a&after=x"),
  "names to complete": () => see(ana, `/rooms/${room.slug}/suggest?q=a`, fragment),
  "rooms, by the API": () => call(ana, "/rooms?q=a"),
  "people of a room, by the API": () => call(ana, `/rooms/${room.id}/members?q=a`),
};

/** Leaves Ana this many searches. */
async function leave(count: number): Promise<void> {
  const { limiter } = ports;
  for (let n = count; n < searchesPerPerson.burst; n++) await limiter.take(searchesPerPerson, ana.id);
}

for (const [what, search] of Object.entries(ways)) {
  test(`${what}: one more than the limit is refused`, async () => {
    await leave(1);
    expect((await search()).status).not.toBe(429);
    const refused = await search();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.text()).toContain("You have searched very often just now. Try again in a second.");
    clock.advance(searchesPerPerson.perMs / searchesPerPerson.burst);
    expect((await search()).status).not.toBe(429);
    expect((await search()).status).toBe(429);
  });
}

test("what isn't a search goes on, and so do others", async () => {
  await leave(0);
  for (const path of [
    "/people",
    "/rooms",
    `/rooms/${room.slug}`,
    `/rooms/${room.slug}/people`,
    "/people?q=",
    "/rooms?q=%20",
  ])
    expect([path, (await see(ana, path)).status]).toEqual([path, 200]);
  for (const path of ["/rooms", "/rooms?mine=true", `/rooms/${room.id}/members`])
    expect((await call(ana, path)).status).toBe(200);
  expect((await see(ben, "/people?q=a")).status).toBe(200);
});

test("the page of a refused search stays as it is, says why in place of what it found, and searches again by a link", async () => {
  await leave(0);
  const html = await (await see(ana, "/people?q=%3Cb%3Ezo")).text();
  expect(html).toContain('value="&lt;b&gt;zo"');
  const found = /<section id="results"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
  expect(found).toContain('<span role="status">You have searched very often just now.');
  expect(found).toContain('href="/people?q=%3Cb%3Ezo"');
  expect(found).not.toContain("Nobody here is called");
  const rooms = await (await see(ana, "/rooms?q=zo")).text();
  expect(rooms).not.toContain("No public room is called");
  const problem = (await (await call(ana, "/rooms?q=zo")).json()) as object;
  expect(problem).toMatchObject({ status: 429, code: "rate-limited" });
});

test("a search that the store gives up says so in place of what it found", async () => {
  const slow = async () => {
    throw unavailable("This search takes too long. Type more of the name.");
  };
  await using own = await startGateway({
    between: (ports) => ({
      ...ports,
      users: { ...ports.users, list: async (page) => (page.search ? await slow() : await ports.users.list(page)) },
    }),
  });
  const cara = await signUpPerson(own.url);
  const answer = await see(cara, "/people?q=zo", {}, own.url);
  expect(answer.status).toBe(503);
  expect(/<section id="results"[\s\S]*?<\/section>/.exec(await answer.text())?.[0]).toContain("Type more of the name.");
});

test("somebody who types without end is never refused", async () => {
  for (let n = 0; n < 2 * searchesPerPerson.burst; n++) {
    expect((await ports.limiter.take(searchesPerPerson, ana.id)).allowed).toBe(true);
    clock.advance(250);
  }
});
