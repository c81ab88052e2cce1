/** Whatever a person does has a rate: the last one within it is done, the next is refused and told when to come back, and is done then. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { type ApiAnswer, type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";

type Name = keyof typeof rateLimits;

interface World {
  readonly ana: ApiPerson;
  readonly room: string;
  stranger(): Promise<ApiPerson>;
}

type Do = () => Promise<ApiAnswer>;

const messageOf = async ({ ana, room }: World) => `/rooms/${room}/messages/${await ana.post(room, "hello")}`;
const someRooms = async ({ stranger }: World, count: number) => {
  const owner = await stranger();
  return await Promise.all(Array.from({ length: count }, async () => (await owner.createRoom(freshName("r"))).id));
};
/** One thing after the other, each once. */
const inTurn = <T>(things: readonly T[], act: (thing: T) => Promise<ApiAnswer>): Do => {
  let at = 0;
  return () => act(things[at++ % things.length] as T);
};
const tries = 3;

/** What spends which limit. Each prepares, and says how it is done once more. */
const acts: readonly (readonly [what: string, limit: Name, (world: World) => Promise<Do>])[] = [
  [
    "a message",
    "messagesPerPerson",
    async ({ ana, room }) =>
      () =>
        ana.call("POST", `/rooms/${room}/messages`, { text: "hello" }),
  ],
  [
    "a call of the API, by a token as by a sign-in",
    "requestsPerPerson",
    async ({ ana }) => {
      const { secret } = (await ana.call("POST", "/tokens", { name: "busy", scopes: ["rooms:read"] })).body;
      const tokens = [ana.token, secret];
      return inTurn(
        tokens,
        async (token) => await ana.call("GET", "/me", undefined, { authorization: `Bearer ${token}` }),
      );
    },
  ],
  [
    "an edit",
    "messagesPerPerson",
    async (world) => {
      const path = await messageOf(world);
      let n = 0;
      return () => world.ana.call("PATCH", path, { text: `edit ${n++}` });
    },
  ],
  [
    "a deletion",
    "messagesPerPerson",
    async (world) => {
      const paths = [await messageOf(world), await messageOf(world), await messageOf(world)];
      return inTurn(paths, (path) => world.ana.call("DELETE", path));
    },
  ],
  [
    "a reaction",
    "reactionsPerPerson",
    async (world) => {
      const path = await messageOf(world);
      return inTurn(["👍", "🎉", "👀"], (emoji) =>
        world.ana.call("PUT", `${path}/reactions/${encodeURIComponent(emoji)}`),
      );
    },
  ],
  [
    "a room",
    "roomsPerPerson",
    async ({ ana }) =>
      () =>
        ana.call("POST", "/rooms", { name: freshName("room"), visibility: "public" }),
  ],
  [
    "a direct conversation",
    "directRoomsPerPerson",
    async ({ ana, stranger }) => {
      const others = await Promise.all(Array.from({ length: tries }, stranger));
      return inTurn(others, ({ id }) => ana.call("POST", "/rooms/direct", { userIds: [id] }));
    },
  ],
  [
    "joining",
    "membershipsPerPerson",
    async (world) =>
      inTurn(await someRooms(world, tries), (room) => world.ana.call("PUT", `/rooms/${room}/members/me`)),
  ],
  [
    "leaving",
    "membershipsPerPerson",
    async (world) => {
      const rooms = await someRooms(world, tries);
      for (const room of rooms) await world.ana.call("PUT", `/rooms/${room}/members/me`);
      return inTurn(rooms, (room) => world.ana.call("DELETE", `/rooms/${room}/members/me`));
    },
  ],
  [
    "an invitation",
    "membershipsPerPerson",
    async ({ ana, room, stranger }) => {
      const others = await Promise.all(Array.from({ length: tries }, stranger));
      return inTurn(others, ({ id }) => ana.call("PUT", `/rooms/${room}/members/${id}`));
    },
  ],
  [
    "a topic",
    "membershipsPerPerson",
    async ({ ana, room }) =>
      () =>
        ana.call("PATCH", `/rooms/${room}`, { topic: freshName("topic") }),
  ],
  [
    "a token",
    "tokensPerPerson",
    async ({ ana }) =>
      () =>
        ana.call("POST", "/tokens", { name: "one", scopes: ["rooms:read"] }),
  ],
  [
    "a bot",
    "botsPerPerson",
    async ({ ana }) =>
      () =>
        ana.call("POST", "/bots", { name: freshName("bot") }),
  ],
  [
    "an incoming webhook",
    "hooksPerPerson",
    async ({ ana, room }) => {
      const name = freshName("bot");
      return () => ana.call("POST", `/rooms/${room}/hooks/incoming`, { name });
    },
  ],
  [
    "an outgoing webhook",
    "hooksPerPerson",
    async ({ ana, room }) =>
      () =>
        ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url: "https://hooks.example/room" }),
  ],
  [
    "switching a webhook on",
    "hooksPerPerson",
    async ({ ana, room }) => {
      const made = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url: "https://hooks.example/room" });
      return () => ana.call("POST", `/rooms/${room}/hooks/${made.body.hook.id}/on`);
    },
  ],
];

/** Limits whose edge is tried where what they are about is. */
const elsewhere: Partial<Record<Name, string>> = {
  signInPerName: "sign-in-limits",
  signInPerNameAndAddress: "sign-in-limits",
  signInPerBrowser: "sign-in-limits",
  signInPerAddress: "sign-in-limits",
  signUpPerAddress: "sign-in-limits",
  refreshPerSession: "sign-in-limits",
  refreshPerAddress: "sign-in-limits",
  typingPerRoom: "person-limits",
  readMarksPerPerson: "person-limits",
  connectionsPerPerson: "person-limits",
  pagesPerPerson: "page-rates",
  pagesPerAddress: "page-rates",
  searchesPerPerson: "search-rates",
  questionsPerPerson: "bot-limits",
  requestsPerToken: "api-tokens",
  messagesPerHook: "incoming-hooks",
};

test.each(acts)("%s (%s)", async (_what, name, prepare) => {
  const clock = createFixedClock();
  await using gateway = await startGateway({ env: { LIMITS: "on" }, clock });
  const ana = await signUpPerson(gateway.url);
  const room = (await ana.createRoom(freshName("hers"))).id;
  const act = await prepare({ ana, room, stranger: () => signUpPerson(gateway.url) });
  const limit = rateLimits[name];
  for (let left: number = limit.burst; left > 1; ) ({ left } = await gateway.ports.limiter.take(limit, ana.id));
  expect((await act()).status).toBeLessThan(300);
  const refused = await act();
  expect([refused.status, refused.body.code]).toEqual([429, "rate-limited"]);
  const waitS = Number(refused.headers.get("retry-after"));
  expect(waitS).toBeGreaterThan(0);
  expect(waitS).toBeLessThanOrEqual(Math.ceil(limit.perMs / limit.burst / 1_000));
  clock.advance(waitS * 1_000);
  expect((await act()).status).toBeLessThan(300);
});

test("and every limit has a test", () => {
  const here = new Set<string>(acts.map(([, limit]) => limit));
  for (const name of Object.keys(rateLimits) as Name[]) {
    if (here.has(name)) continue;
    expect([name, elsewhere[name]]).toEqual([name, expect.any(String)]);
    const text = readFileSync(join(import.meta.dir, `${elsewhere[name]}.test.ts`), "utf8");
    expect([name, text.includes(name) || text.includes(rateLimits[name].name)]).toEqual([name, true]);
  }
});
