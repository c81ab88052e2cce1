/** Webhooks and bots end with their maker's being in the room, and pass to who administers it; a token makes no bots and speaks as one alone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ensureSystemUser } from "#domain/accounts.ts";
import { addMember } from "#domain/membership.ts";
import type { Scope } from "#domain/program-token.ts";
import { type ApiPerson, bringIn, callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { createPagePerson, pagePassword } from "../support/page-person.ts";

let gateway: TestGateway;
/** The first person of the server. */
let ana: ApiPerson;
let eve: ApiPerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
  eve = await signUpPerson(gateway.url);
});
afterAll(() => gateway.close());

const post = async (url: string) =>
  await fetch(url, { method: "POST", body: '{"text":"hi"}', headers: { "content-type": "application/json" } });
const by = (token: string, method: string, path: string, body?: unknown) =>
  callApi(gateway.url, method, path, { token, ...(body === undefined ? {} : { body }) });
const tokenOf = async (who: ApiPerson, scopes: readonly Scope[], bot?: string): Promise<string> =>
  (await who.call("POST", "/tokens", { name: "test", scopes, ...(bot === undefined ? {} : { bot }) })).body.secret;
const botOf = async (who: ApiPerson): Promise<{ id: string; name: string }> =>
  (await who.call("POST", "/bots", { name: freshName("bot") })).body.bot;
const membersOf = async (who: ApiPerson, room: string): Promise<string[]> =>
  (await who.get(`/rooms/${room}/members`)).body.items.map(({ id }: { id: string }) => id);

test.each(["public", "private"] as const)(
  "in a %s room, what somebody made ends when they leave",
  async (visibility) => {
    const room = await eve.createRoom(freshName("Room"), visibility);
    await bringIn(eve, room.id, ana);
    const made = await eve.call("POST", `/rooms/${room.id}/hooks/incoming`, { name: freshName("bot") });
    const outgoing = await eve.call("POST", `/rooms/${room.id}/hooks/outgoing`, { url: "https://eve.example/" });
    const bot = made.body.hook.bot.id;
    const token = await tokenOf(eve, ["messages:read", "messages:write", "rooms:write"], bot);
    expect((await post(made.body.url)).status).toBe(200);
    expect((await by(token, "GET", `/rooms/${room.id}/messages`)).status).toBe(200);
    expect((await ana.get(`/rooms/${room.id}/hooks`)).status).toBe(403);

    expect((await eve.call("DELETE", `/rooms/${room.id}/members/me`)).status).toBeLessThan(300);
    expect((await post(made.body.url)).status).toBe(403);
    for (const path of ["messages", "events"]) {
      const status = visibility === "public" ? 403 : 404;
      expect((await by(token, "GET", `/rooms/${room.id}/${path}`)).status).toBe(status);
    }
    expect(await membersOf(ana, room.id)).toEqual([ana.id]);
    // Back by itself where anybody may be, it is heard, and the address of who left still is not.
    const joined = await by(token, "PUT", `/rooms/${room.id}/members/me`);
    expect(joined.status).toBe(visibility === "public" ? 200 : 404);
    expect((await post(made.body.url)).status).toBe(403);

    // The first person administers it now.
    const hooks = (await ana.get(`/rooms/${room.id}/hooks`)).body.items;
    expect(hooks.map(({ kind }: { kind: string }) => kind)).toEqual(["outgoing", "incoming"]);
    const page = createPagePerson(gateway.url, ana.name);
    await page.submit(await page.visit("/sign-in"), "/sign-in", { name: ana.name, password: pagePassword });
    const { html } = await page.visit(`/rooms/${room.slug}/hooks`);
    expect(html).toContain("Off: the person who added it has left the room.");
    expect((await ana.call("POST", `/rooms/${room.id}/hooks/${outgoing.body.hook.id}/on`)).status).toBe(200);
    const [kept] = await gateway.ports.hooks.listOf(room.id as never);
    expect<string | undefined>(kept?.createdBy).toBe(ana.id);
    expect((await ana.call("DELETE", `/rooms/${room.id}/hooks/${made.body.hook.id}`)).status).toBe(204);
    expect((await post(made.body.url)).status).toBe(404);
  },
);

test("the bot of a deleted webhook leaves the room, once nothing posts as it there; its messages keep its name", async () => {
  const room = await eve.createRoom(freshName("Room"));
  const other = await eve.createRoom(freshName("Room"));
  const name = freshName("bot");
  const make = async (id = room.id) => (await eve.call("POST", `/rooms/${id}/hooks/incoming`, { name })).body;
  const remove = async (made: { hook: { id: string } }) =>
    expect((await eve.call("DELETE", `/rooms/${room.id}/hooks/${made.hook.id}`)).status).toBe(204);
  const [one, two, elsewhere] = [await make(), await make(), await make(other.id)];
  const bot = one.hook.bot.id;
  await post(one.url);
  await remove(one);
  expect(await membersOf(eve, room.id)).toEqual(expect.arrayContaining([eve.id, bot]));
  await remove(two);
  expect(await membersOf(eve, room.id)).toEqual([eve.id]);
  expect((await eve.get(`/rooms/${room.id}`)).body.room.memberCount).toBe(1);
  const said = (await eve.get(`/rooms/${room.id}/messages`)).body.items.map(
    ({ author }: { author: { name: string } }) => author.name,
  );
  expect(said).toEqual([name]);
  expect((await post(elsewhere.url)).status).toBe(200);

  // Back with its next webhook, and it stays while a program speaks as it.
  const again = await make();
  expect((await post(again.url)).status).toBe(200);
  await tokenOf(eve, ["messages:read"], bot);
  await remove(again);
  expect(await membersOf(eve, room.id)).toContain(bot);
});

test.each(["makes", "deletes"] as const)(
  "of who makes and who deletes a bot's webhook at once, who %s it comes last",
  async (last) => {
    const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let holding = false;
    const hold = async (one: "makes" | "deletes") => {
      if (!holding || one !== last) return;
      reached.resolve();
      await held.promise;
    };
    await using own = await startGateway({
      between: (ports) => ({
        ...ports,
        hooks: {
          ...ports.hooks,
          createIncoming: async (hook, hash) => {
            await hold("makes");
            await ports.hooks.createIncoming(hook, hash);
          },
        },
        log: {
          ...ports.log,
          append: async (event) => {
            if (event.type === "member.left") await hold("deletes");
            await ports.log.append(event);
          },
        },
      }),
    });
    const fay = await signUpPerson(own.url);
    const room = await fay.createRoom(freshName("Room"));
    const name = freshName("bot");
    const make = async () => (await fay.call("POST", `/rooms/${room.id}/hooks/incoming`, { name })).body;
    const first = await make();
    const remove = () => fay.call("DELETE", `/rooms/${room.id}/hooks/${first.hook.id}`);
    holding = true;
    const slow = last === "makes" ? make() : remove();
    await reached.promise;
    const quick = last === "makes" ? remove() : make();
    await quick;
    held.resolve();
    await slow;
    const second = await (last === "makes" ? slow : quick);
    expect((await post(second.url)).status).toBe(200);
  },
);

test("the lobby is the first person's, though the system account that opened it is in it", async () => {
  const system = await ensureSystemUser(gateway.ports);
  const lobby = await gateway.ports.rooms.access("lobby", system.id);
  if (lobby === undefined) throw new Error("there is no lobby");
  if (lobby.membership === undefined) await addMember(gateway.ports, lobby.room, system, system);
  expect(lobby.room.createdBy).toBe(system.id);
  expect((await ana.get("/rooms/lobby/hooks")).status).toBe(200);
  expect((await eve.get("/rooms/lobby/hooks")).status).toBe(403);
  expect((await ana.call("PATCH", "/rooms/lobby", { topic: "Welcome" })).body.room.topic).toBe("Welcome");
});

test("a bot is brought into a private room only while its owner is there", async () => {
  const room = await ana.createRoom(freshName("Room"), "private");
  const bot = await botOf(eve);
  const refused = await ana.call("PUT", `/rooms/${room.id}/members/${bot.id}`);
  expect([refused.status, refused.body.field]).toEqual([403, "name"]);
  await bringIn(ana, room.id, eve);
  expect((await eve.call("PUT", `/rooms/${room.id}/members/${bot.id}`)).status).toBe(200);
  expect(await membersOf(ana, room.id)).toContain(bot.id);
  await eve.call("DELETE", `/rooms/${room.id}/members/me`);
  expect(await membersOf(ana, room.id)).toEqual([ana.id]);
});

test("a bot stays in the room that it made, whose owner administers it while they are in it", async () => {
  const bot = await botOf(eve);
  const token = await tokenOf(eve, ["rooms:write", "rooms:read", "hooks:manage"], bot.id);
  const { body } = await by(token, "POST", "/rooms", { name: freshName("Room"), visibility: "private" });
  await by(token, "PUT", `/rooms/${body.room.id}/members/${eve.id}`);
  await eve.call("PUT", `/rooms/${body.room.id}/members/me`);
  expect((await eve.get(`/rooms/${body.room.id}/hooks`)).status).toBe(200);
  await eve.call("DELETE", `/rooms/${body.room.id}/members/me`);
  expect((await by(token, "GET", `/rooms/${body.room.id}/hooks`)).status).toBe(200);
});

test("a token makes no bot and speaks as no other: an incoming webhook is of the bot that the token speaks as", async () => {
  const [bot, sibling] = [await botOf(eve), await botOf(eve)];
  const room = await eve.createRoom(freshName("Room"));
  const path = `/rooms/${room.id}/hooks/incoming`;
  const own = await tokenOf(eve, ["hooks:manage"]);
  for (const name of [bot.name, freshName("new"), eve.name])
    expect((await by(own, "POST", path, { name })).status).toBe(403);
  const bots = await tokenOf(eve, ["rooms:write", "hooks:manage"], bot.id);
  const { body } = await by(bots, "POST", "/rooms", { name: freshName("Room"), visibility: "public" });
  const itsPath = `/rooms/${body.room.id}/hooks/incoming`;
  for (const name of [sibling.name, freshName("new"), eve.name])
    expect((await by(bots, "POST", itsPath, { name })).status).toBe(403);
  const made = await by(bots, "POST", itsPath, { name: bot.name.toUpperCase() });
  expect([made.status, made.body.hook.bot.id]).toEqual([201, bot.id]);
  expect((await post(made.body.url)).status).toBe(200);
  const names = (await eve.get("/bots")).body.items.map(({ name }: { name: string }) => name);
  expect(names.filter((name: string) => name.startsWith("new"))).toEqual([]);
});

test("signing out everywhere ends no token, which is listed and revoked by itself", async () => {
  const zoe = await signUpPerson(gateway.url);
  const token = await tokenOf(zoe, ["rooms:read"]);
  expect((await zoe.call("DELETE", "/sessions")).status).toBe(204);
  expect((await zoe.get("/me")).status).toBe(401);
  expect((await by(token, "GET", "/rooms")).status).toBe(200);
  zoe.token = (await zoe.call("POST", "/sessions", { name: zoe.name, password: zoe.password })).body.accessToken;
  const [listed] = (await zoe.get("/tokens")).body.items;
  expect((await zoe.call("DELETE", `/tokens/${listed.id}`)).status).toBe(204);
  expect((await by(token, "GET", "/rooms")).status).toBe(401);
});
