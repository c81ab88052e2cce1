/** The page of a room's webhooks, without scripts. */

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { UserId } from "#domain/ids.ts";
import { freshName } from "../support/api-person.ts";
import { upTo } from "../support/claims.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { type PagePerson, signUpAtPage } from "../support/page-person.ts";

let gateway: TestGateway;
let ana: PagePerson;
let path: string;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpAtPage(gateway.url);
  const blank = await ana.visit("/rooms");
  path =
    (await ana.submit(blank, "/rooms", { name: freshName("Room"), visibility: "public" })).path.split("#")[0] ?? "";
});
afterAll(() => gateway.close());

test("is linked for who administers the room, and for nobody else", async () => {
  expect((await ana.visit(`${path}/people`)).html).toContain(`href="${path}/hooks"`);
  expect((await ana.visit(`${path}/hooks`)).html).not.toContain('href="/sessions" aria-current');
  const eve = await signUpAtPage(gateway.url);
  await eve.submit(await eve.visit(path), `${path}/join`);
  expect((await eve.visit(`${path}/people`)).html).not.toContain(`${path}/hooks`);
  expect((await eve.visit(`${path}/hooks`)).status).toBe(403);
});

test("an incoming one is made once, shown once and deleted", async () => {
  const blank = await ana.visit(`${path}/hooks`);
  const name = freshName("bot");
  const made = await ana.submit(blank, `${path}/hooks/incoming`, { name });
  const address = /http:\/\/[^<]+\/hooks\/superchat_hook_[\w-]{43}/.exec(made.html)?.[0] ?? "";
  expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(
    (await fetch(address, { method: "POST", body: '{"text":"hi"}', headers: { "content-type": "application/json" } }))
      .status,
  ).toBe(200);
  expect((await ana.submit(blank, `${path}/hooks/incoming`, { name })).status).toBe(409);
  const list = await ana.visit(`${path}/hooks`);
  expect(list.html).toContain(name);
  expect(list.html).not.toContain("superchat_hook_");
  const action = /action="(\/rooms\/[^"]+\/delete)"/.exec(list.html)?.[1] ?? "";
  expect((await ana.submit(list, action)).html).not.toContain(name);
});

test("an outgoing one says how it fares, and a private address is refused beside its field", async () => {
  const refused = await ana.submit(await ana.visit(`${path}/hooks`), `${path}/hooks/outgoing`, {
    url: "http://localhost/<x>",
  });
  expect([refused.status, refused.html.includes('value="http://localhost/&lt;x&gt;"')]).toEqual([422, true]);
  expect(refused.html).toContain('id="hook-url-problem"');
  const made = await ana.submit(refused, `${path}/hooks/outgoing`, { url: "https://hooks.example/room" });
  expect(made.html).toMatch(/whsec_[A-Za-z0-9+/]{43}=/);
  expect((await ana.visit(`${path}/hooks`)).html).toContain("No deliveries yet.");
  const far = "2999-01-01T00:00:00.000Z";
  const [claim] = await gateway.ports.hooks.claim(far, far, "a", upTo(1));
  expect(claim).toBeUndefined();
});

test("one that is off is switched on again", async () => {
  const { hooks, rooms } = gateway.ports;
  const access = await rooms.access(path.replace("/rooms/", ""), Bun.randomUUIDv7() as UserId);
  const [hook] = await hooks.listOf(access?.room.id ?? ("" as never));
  if (hook?.kind !== "outgoing" || access === undefined) throw new Error("there is an outgoing hook");
  const page = await ana.visit(path);
  await ana.submit(page, `${path}/messages`, { text: "something to send" });
  const now = new Date(gateway.ports.clock.now()).toISOString();
  const [claim] = await hooks.claim(now, now, "a", upTo(1));
  const lastFailure = { at: now, reason: "It answered 410 <b>." };
  await hooks.settle(claim?.hook.id ?? hook.id, "a", { ...hook, state: "off", lastFailure }, false);
  const list = await ana.visit(`${path}/hooks`);
  expect(list.html).toContain("Switched off.");
  expect(list.html).toContain("It answered 410 &lt;b&gt;.");
  const on = await ana.submit(list, `${path}/hooks/${hook.id}/on`);
  expect([on.path, on.html.includes("Switched off.")]).toEqual([`${path}/hooks`, false]);
});

test("the lobby's are the first person's, since its maker is the system account", async () => {
  const lobby = "/rooms/lobby";
  expect((await ana.visit(`${lobby}/people`)).html).toContain(`href="${lobby}/hooks"`);
  const made = await ana.submit(await ana.visit(`${lobby}/hooks`), `${lobby}/hooks/incoming`, {
    name: freshName("bot"),
  });
  expect(made.status).toBe(200);
  const eve = await signUpAtPage(gateway.url);
  expect((await eve.visit(`${lobby}/people`)).html).not.toContain(`${lobby}/hooks`);
  expect((await eve.visit(`${lobby}/hooks`)).status).toBe(403);
});
