/** The pages for programs, without scripts: tokens and bots are made and revoked there, and the guide shows every call. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { operationsOf, readDocument } from "../support/openapi.ts";
import { createPagePerson, type PagePerson, signUpAtPage } from "../support/page-person.ts";

let gateway: TestGateway;
let ana: PagePerson;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpAtPage(gateway.url);
});
afterAll(() => gateway.close());

const me = async (token: string) => await callApi(gateway.url, "GET", "/me", { token });
const secretIn = (html: string) => /superchat_[\w-]{43}/.exec(html)?.[0];
const fields = { name: "nightly <export>", "scope:rooms:read": "on", days: "7", bot: "" };

describe("the page of programs", () => {
  test("shows a new token once, lists it without its secret, and revokes it", async () => {
    const made = await ana.submit(await ana.visit("/tokens"), "/tokens", fields);
    expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const secret = secretIn(made.html) ?? "";
    expect((await me(secret)).body.user.name).toBe(ana.name);
    const list = await ana.visit("/tokens");
    expect(list.html).toContain("nightly &lt;export&gt;");
    expect(secretIn(list.html)).toBeUndefined();
    const action = /action="(\/tokens\/[^"]+\/revoke)"/.exec(list.html)?.[1] ?? "";
    const after = await ana.submit(list, action);
    expect([after.path, after.html.includes("nightly &lt;")]).toEqual(["/tokens", false]);
    expect((await me(secret)).status).toBe(401);
  });

  test("a form sent twice makes one token", async () => {
    const blank = await ana.visit("/tokens");
    await ana.submit(blank, "/tokens", { ...fields, name: "only once" });
    const again = await ana.submit(blank, "/tokens", { ...fields, name: "only once" });
    expect([again.status, secretIn(again.html)]).toEqual([409, undefined]);
    expect((await ana.visit("/tokens")).html.split(">only once<")).toHaveLength(2);
  });

  test("keeps what was typed when something is missing, and says what", async () => {
    const { "scope:rooms:read": _scope, ...without } = fields;
    const refused = await ana.submit(await ana.visit("/tokens"), "/tokens", without);
    expect(refused.status).toBe(422);
    expect(refused.html).toContain("Choose at least one thing the token may do.");
    expect(refused.html).toContain('value="nightly &lt;export&gt;"');
    expect(secretIn(refused.html)).toBeUndefined();
  });

  test("makes bots, and tokens that speak as them", async () => {
    const name = freshName("bot");
    const made = await ana.submit(await ana.visit("/tokens"), "/bots", { "bot-name": name });
    const bot = new RegExp(`<option value="([^"]+)"[^>]*>${name}<`).exec(made.html)?.[1] ?? "";
    const token = await ana.submit(made, "/tokens", { ...fields, bot });
    expect((await me(secretIn(token.html) ?? "")).body.user).toEqual({ id: bot, name });
    const taken = await ana.submit(made, "/bots", { "bot-name": name });
    expect([taken.status, taken.html.includes("is taken")]).toEqual([409, true]);
  });

  test("is closed to others and to forms of other sites", async () => {
    const guest = createPagePerson(gateway.url);
    expect((await guest.visit("/tokens")).path).toBe("/sign-in?next=%2Ftokens");
    const foreign = await ana.submit(await ana.visit("/tokens"), "/tokens", fields, { origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    const eve = await signUpPerson(gateway.url);
    const { body } = await eve.call("POST", "/tokens", { name: "eve's", scopes: ["rooms:read"] });
    const page = await ana.visit(`/tokens/${body.token.id}/revoke`, {
      method: "POST",
      headers: { origin: gateway.url },
    });
    expect(page.status).toBe(404);
    expect((await me(body.secret)).status).toBe(200);
  });
});

describe("the guide to the API", () => {
  test("shows every call to anybody, from here alone, with commands that work", async () => {
    const { status, html, headers } = await createPagePerson(gateway.url).visit("/api/docs");
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    const operations = operationsOf(await readDocument(gateway.url));
    for (const { id } of operations) expect(html).toContain(`id="${id}"`);
    const hosts = [...html.matchAll(/(?:src|href|action)="(https?:[^"]*)"/g)].map(([, url]) => url);
    expect(hosts).toEqual([]);
    for (const [, anchor] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${anchor}"`);
  });

  test("has commands that a shell takes as they are", async () => {
    const person = await signUpPerson(gateway.url);
    const { html } = await createPagePerson(gateway.url).visit("/api/docs");
    const article = (id: string) => html.slice(html.indexOf(`<article id="${id}"`)).split("</article>")[0] ?? "";
    for (const [id, status] of [
      ["whoAmI", "200"],
      ["postMessage", "201"],
      ["listEvents", "200"],
      ["createToken", "201"],
    ] as const) {
      const shown = /<pre class="command"><code>([\s\S]*?)<\/code>/.exec(article(id))?.[1] ?? "";
      const command = shown
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&");
      const run = Bun.spawn(["sh", "-c", `${command} -s -o /dev/null -w '%{http_code}'`], {
        env: { ...process.env, TOKEN: person.token },
        stdout: "pipe",
      });
      expect([id, await new Response(run.stdout).text()]).toEqual([id, status]);
    }
  });

  test("is only read", async () => {
    for (const method of ["POST", "DELETE"]) {
      const { status, headers } = await fetch(`${gateway.url}/api/docs`, { method, headers: { origin: gateway.url } });
      expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    }
  });
});
