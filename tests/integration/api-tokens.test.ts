import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { unavailable } from "#domain/errors.ts";
import { maxBotsPerPerson, maxTokensPerPerson, type Scope } from "#domain/program-token.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { type ApiPerson, callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { openLive } from "../support/live-page.ts";
import { connectProgram } from "../support/program.ts";

let gateway: TestGateway;
let ana: ApiPerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
});
afterAll(() => gateway.close());

async function makeToken(who: ApiPerson, scopes: readonly Scope[], more: object = {}) {
  const { status, body, headers } = await who.call("POST", "/tokens", { name: "test", scopes, ...more });
  expect(status).toBe(201);
  expect(headers.get("cache-control")).toBe("no-store");
  return body as { token: { id: string; user: { id: string }; expiresAt: string }; secret: string };
}

const call = (token: string, method: string, path: string, body?: unknown) =>
  callApi(gateway.url, method, path, { token, ...(body === undefined ? {} : { body }) });

describe("a token of a program", () => {
  test("speaks as its owner, is shown once, and is kept as a hash", async () => {
    const { secret, token } = await makeToken(ana, ["messages:write", "messages:read"]);
    expect(secret).toMatch(/^superchat_[\w-]{43}$/);
    expect((await call(secret, "GET", "/me")).body.user.id).toBe(ana.id);
    const room = await ana.createRoom(freshName("Tokens"));
    expect((await call(secret, "POST", `/rooms/${room.id}/messages`, { text: "by token" })).status).toBe(201);
    const page = await call(secret, "GET", `/rooms/${room.id}/messages`);
    expect(page.body.items[0]).toMatchObject({ text: "by token", author: { id: ana.id } });
    const list = await ana.get("/tokens");
    expect(JSON.stringify(list.body)).not.toContain(secret);
    const kept = await gateway.ports.programTokens.listOf(
      ana.id as Parameters<typeof gateway.ports.programTokens.listOf>[0],
    );
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(list.body.items.find(({ id }: { id: string }) => id === token.id).lastUsedAt).not.toBeNull();
  });

  const needs: [Scope, string, string, unknown][] = [
    ["rooms:read", "GET", "/rooms", undefined],
    ["rooms:read", "GET", "/rooms/lobby", undefined],
    ["rooms:read", "GET", "/rooms/lobby/members", undefined],
    ["rooms:write", "POST", "/rooms", { name: "", visibility: "public" }],
    ["rooms:write", "POST", "/rooms/direct", { userIds: [] }],
    ["rooms:write", "PUT", "/rooms/lobby/members/me", undefined],
    ["rooms:write", "DELETE", "/rooms/none/members/me", undefined],
    ["rooms:write", "PUT", "/rooms/lobby/members/nobody", undefined],
    ["messages:read", "GET", "/rooms/lobby/messages", undefined],
    ["messages:read", "GET", "/rooms/lobby/events", undefined],
    ["messages:write", "POST", "/rooms/lobby/messages", { text: "" }],
  ];
  test.each(needs)("with %s alone may %s %s, and without it may not", async (scope, method, path, body) => {
    const all: Scope[] = ["rooms:read", "rooms:write", "messages:read", "messages:write"];
    const { secret } = await makeToken(ana, [scope]);
    expect([401, 403]).not.toContain((await call(secret, method, path, body)).status);
    const { secret: other } = await makeToken(
      ana,
      all.filter((each) => each !== scope),
    );
    const refused = await call(other, method, path, body);
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    expect(refused.headers.get("www-authenticate")).toContain(`error="insufficient_scope", scope="${scope}"`);
  });

  const signInOnly: [string, string, unknown][] = [
    ["GET", "/sessions", undefined],
    ["DELETE", "/sessions", undefined],
    ["DELETE", "/sessions/current", undefined],
    ["GET", "/tokens", undefined],
    ["POST", "/tokens", { name: "more", scopes: ["rooms:read"] }],
    ["DELETE", `/tokens/${Bun.randomUUIDv7()}`, undefined],
    ["GET", "/bots", undefined],
    ["POST", "/bots", { name: freshName("bot") }],
  ];
  test.each(signInOnly)("never may %s %s, whatever its scopes", async (method, path, body) => {
    const { secret } = await makeToken(ana, ["rooms:read", "rooms:write", "messages:read", "messages:write"]);
    expect((await call(secret, method, path, body)).status).toBe(403);
    expect((await ana.get("/me")).status).toBe(200);
  });

  test("opens no page and no socket of a page", async () => {
    const { secret } = await makeToken(ana, ["rooms:read", "messages:read"]);
    const page = await fetch(`${gateway.url}/sessions`, {
      headers: { cookie: `superchat_access=${secret}` },
      redirect: "manual",
    });
    expect([page.status, page.headers.get("location")]).toEqual([303, "/sign-in?next=%2Fsessions"]);
    expect(openLive(gateway.url, { cookie: `superchat_access=${secret}` })).rejects.toThrow();
  });

  test("revoked is refused at once, by its owner alone", async () => {
    const eve = await signUpPerson(gateway.url);
    const { secret, token } = await makeToken(ana, ["rooms:read"]);
    expect((await call(secret, "GET", "/me")).status).toBe(200);
    expect((await eve.call("DELETE", `/tokens/${token.id}`)).status).toBe(404);
    expect((await call(secret, "GET", "/me")).status).toBe(200);
    expect((await ana.call("DELETE", `/tokens/${token.id}`)).status).toBe(204);
    expect((await call(secret, "GET", "/me")).status).toBe(401);
    expect((await ana.call("DELETE", `/tokens/${token.id}`)).status).toBe(404);
  });

  test("revoked closes its sockets within a second, and no other socket", async () => {
    const [going, staying] = [await makeToken(ana, ["messages:read"]), await makeToken(ana, ["messages:read"])];
    const sockets = [
      await connectProgram(gateway.url, { token: going.secret }),
      await connectProgram(gateway.url, { token: staying.secret }),
    ] as const;
    const revokedAtMs = performance.now();
    await ana.call("DELETE", `/tokens/${going.token.id}`);
    const { code, atMs } = await sockets[0].ended();
    expect(code).toBeGreaterThanOrEqual(3_500);
    expect(atMs - revokedAtMs).toBeLessThan(1_000);
    expect((await sockets[1].call({ ping: {} })).error).toBeUndefined();
    sockets[1].close();
  });

  test("revoked at one gateway is refused by another, which knew it, and its sockets there close", async () => {
    await using other = await startGateway({ between: () => gateway.ports });
    const { secret, token } = await makeToken(ana, ["messages:read"]);
    const me = async () => (await callApi(other.url, "GET", "/me", { token: secret })).status;
    expect(await me()).toBe(200);
    const socket = await connectProgram(other.url, { token: secret });
    await ana.call("DELETE", `/tokens/${token.id}`);
    expect(await me()).toBe(401);
    expect((await socket.ended(1_000)).code).toBeGreaterThanOrEqual(3_500);
  });

  test.each(["superchat_", "superchat_x", `superchat_${"a".repeat(43)}`, `superchat_${"a".repeat(5_000)}`])(
    "that was never made is refused: %s",
    async (secret) => {
      expect((await call(secret, "GET", "/me")).status).toBe(401);
    },
  );

  test.each([
    [{ scopes: [] }, "scopes"],
    [{ scopes: ["admin"] }, "scopes.0"],
    [{ name: "" }, "name"],
    [{ name: "a\nb" }, "name"],
    [{ name: "x".repeat(65) }, "name"],
    [{ expiresInDays: 0 }, "expiresInDays"],
    [{ expiresInDays: 367 }, "expiresInDays"],
    [{ expiresInDays: 1.5 }, "expiresInDays"],
  ])("is not made from %j", async (wrong, field) => {
    const { status, body } = await ana.call("POST", "/tokens", { name: "x", scopes: ["rooms:read"], ...wrong });
    expect([status, body.code, body.field]).toEqual([422, "invalid", field]);
  });

  test("expires", async () => {
    const clock = createFixedClock();
    await using timed = await startGateway({ clock });
    const ben = await signUpPerson(timed.url);
    const { body } = await ben.call("POST", "/tokens", { name: "a day", scopes: ["rooms:read"], expiresInDays: 1 });
    const me = async () => (await callApi(timed.url, "GET", "/me", { token: body.secret })).status;
    expect(await me()).toBe(200);
    clock.advance(24 * 3_600_000 - 1);
    expect(await me()).toBe(200);
    clock.advance(1);
    expect(await me()).toBe(401);
  });

  test("that was seen to be good goes on while the store is away", async () => {
    let away = false;
    await using frail = await startGateway({
      between: (ports) => ({
        ...ports,
        programTokens: {
          ...ports.programTokens,
          byHash: async (hash) => {
            if (away) throw unavailable("away");
            return await ports.programTokens.byHash(hash);
          },
        },
      }),
    });
    const ben = await signUpPerson(frail.url);
    const { body } = await ben.call("POST", "/tokens", { name: "steady", scopes: ["rooms:read"] });
    const me = async () => (await callApi(frail.url, "GET", "/me", { token: body.secret })).status;
    expect(await me()).toBe(200);
    away = true;
    expect(await me()).toBe(200);
  });

  test("are at most so many", async () => {
    const cy = await signUpPerson(gateway.url);
    for (let n = 0; n < maxTokensPerPerson; n++) await makeToken(cy, ["rooms:read"]);
    const more = await cy.call("POST", "/tokens", { name: "more", scopes: ["rooms:read"] });
    expect([more.status, more.body.code]).toEqual([409, "conflict"]);
  });
});

describe("a bot", () => {
  const makeBot = async (owner: ApiPerson) => {
    const { status, body } = await owner.call("POST", "/bots", { name: freshName("bot") });
    expect(status).toBe(201);
    return body.bot as { id: string; name: string };
  };

  test("speaks as itself with a token of its owner", async () => {
    const bot = await makeBot(ana);
    expect((await ana.get("/bots")).body.items).toContainEqual(bot);
    const { secret, token } = await makeToken(ana, ["rooms:write", "messages:write"], { bot: bot.id });
    expect(token.user.id).toBe(bot.id);
    const room = await ana.createRoom(freshName("Bots"));
    expect((await call(secret, "POST", `/rooms/${room.id}/messages`, { text: "hi" })).status).toBe(403);
    expect((await call(secret, "PUT", `/rooms/${room.id}/members/me`)).status).toBe(200);
    expect((await call(secret, "POST", `/rooms/${room.id}/messages`, { text: "hi" })).status).toBe(201);
    const { items } = (await ana.get(`/rooms/${room.id}/messages`)).body;
    expect(items.at(-1).author).toEqual({ id: bot.id, name: bot.name });
  });

  test("can't be signed in to, and lends its name to its owner alone", async () => {
    const bot = await makeBot(ana);
    const eve = await signUpPerson(gateway.url);
    const entry = await callApi(gateway.url, "POST", "/sessions", { body: { name: bot.name, password: "" } });
    expect(entry.status).toBe(401);
    const stolen = await eve.call("POST", "/tokens", { name: "x", scopes: ["messages:write"], bot: bot.id });
    expect(stolen.status).toBe(404);
    for (const other of [eve.id, ana.id]) {
      const { status } = await ana.call("POST", "/tokens", { name: "x", scopes: ["messages:write"], bot: other });
      expect(status).toBe(404);
    }
    expect((await eve.get("/bots")).body.items).toEqual([]);
  });

  test("has a name of its own, and one person has at most so many", async () => {
    expect((await ana.call("POST", "/bots", { name: ana.name })).status).toBe(409);
    const cy = await signUpPerson(gateway.url);
    for (let n = 0; n < maxBotsPerPerson; n++) await makeBot(cy);
    expect((await cy.call("POST", "/bots", { name: freshName("bot") })).status).toBe(409);
  });
});

describe("the rate limit of a token", () => {
  test("is told with every answer, held per token, and says when to come back", async () => {
    const clock = createFixedClock();
    await using limited = await startGateway({ clock, env: { LIMITS: "on" } });
    const ben = await signUpPerson(limited.url);
    const { burst, perMs } = rateLimits.requestsPerToken;
    const { body, headers } = await ben.call("POST", "/tokens", { name: "busy", scopes: ["rooms:read"] });
    expect(headers.get("ratelimit-policy")).toBe(`"request/token";q=${burst};w=${perMs / 1_000}`);
    const me = () => callApi(limited.url, "GET", "/me", { token: body.secret });
    for (let left = burst - 1; left >= 0; left--) {
      const answer = await me();
      expect([answer.status, answer.headers.get("ratelimit")]).toEqual([
        200,
        `"request/token";r=${left};t=${Math.ceil(((burst - left) * perMs) / burst / 1_000)}`,
      ]);
    }
    const refused = await me();
    expect([refused.status, refused.headers.get("ratelimit"), refused.headers.get("retry-after")]).toEqual([
      429,
      '"request/token";r=0;t=60',
      "1",
    ]);
    expect((await ben.get("/me")).status).toBe(200);
    clock.advance(1_000);
    expect((await me()).status).toBe(200);
  });
});
