/** Cookies of pages: whose they are, what they are called, what a lost answer does to them, and that an update signs nobody out. */
import { describe, expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { maxRefreshesAgain, refreshAgainMs, refreshGraceMs } from "#domain/sessions.ts";
import { callApi, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { openLive } from "../support/live-page.ts";
import { cookieNamed, createPagePerson, type PagePerson, pagePassword, signUpAtPage } from "../support/page-person.ts";

const minuteMs = 60_000;
const namesIn = (headers: Headers) => headers.getSetCookie().map((line) => line.split("=")[0] ?? "");
const old = { access: "superchat_access", refresh: "superchat_refresh" };

describe("two communities on one host", () => {
  test("leave each other's cookies alone", async () => {
    await using one = await startGateway({ secret: "1".repeat(48) });
    await using two = await startGateway({ secret: "2".repeat(48) });
    const ana = await signUpAtPage(one.url);
    const elsewhere = createPagePerson(two.url);
    // The browser has one jar for all ports of a host.
    for (const [name, value] of ana.cookies) elsewhere.cookies.set(name, value);
    for (const path of ["/", "/rooms/lobby", "/sign-in"]) await elsewhere.visit(path);
    await elsewhere.submit(await elsewhere.visit("/sign-up"), "/sign-up", {
      name: elsewhere.name,
      password: pagePassword,
    });
    await elsewhere.submit(await elsewhere.visit("/rooms/lobby"), "/sign-out");
    for (const [name, value] of ana.cookies) expect(elsewhere.cookies.get(name)).toBe(value);
    for (const [name, value] of elsewhere.cookies) ana.cookies.set(name, value);
    expect((await ana.visit("/rooms")).path).toBe("/rooms");
  });

  test("also those from before names carried an id", async () => {
    await using one = await startGateway({ secret: "1".repeat(48) });
    await using two = await startGateway({ secret: "2".repeat(48) });
    const ana = await signUpPerson(one.url);
    const elsewhere = await signUpAtPage(two.url);
    elsewhere.cookies.set(old.refresh, ana.refreshToken);
    elsewhere.cookies.set(old.access, ana.token);
    for (const path of ["/", "/rooms/lobby"]) await elsewhere.visit(path);
    await elsewhere.submit(await elsewhere.visit("/rooms/lobby"), "/sign-out");
    await elsewhere.visit("/");
    expect(elsewhere.cookies.get(old.refresh)).toBe(ana.refreshToken);
    expect(elsewhere.cookies.get(old.access)).toBe(ana.token);
  });
});

test("who was signed in before names carried an id still is, under the new names", async () => {
  await using gateway = await startGateway();
  const ana = await signUpPerson(gateway.url);
  const page = createPagePerson(gateway.url);
  page.cookies.set(old.refresh, ana.refreshToken);
  await (await openLive(gateway.url, { cookie: `${old.refresh}=${ana.refreshToken}` })).close();
  expect((await page.visit("/rooms")).path).toBe("/rooms");
  expect([...page.cookies.keys()].filter((name) => Object.values(old).includes(name))).toEqual([]);
  expect(cookieNamed(page, "refresh")).toBeDefined();
  expect((await page.visit("/rooms")).path).toBe("/rooms");
});

describe("over https", () => {
  const asked = async (env: Record<string, string>, headers: Record<string, string>) => {
    await using gateway = await startGateway({ env });
    const body = new URLSearchParams({ name: createPagePerson(gateway.url).name, password: pagePassword });
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const init = { method: "POST", body, headers: { ...type, ...headers }, redirect: "manual" } as const;
    const signedUp = await fetch(`${gateway.url}/sign-up`, init);
    expect(signedUp.status).toBe(303);
    const guide = await (await fetch(`${gateway.url}/api/docs`, { headers })).text();
    return { cookies: signedUp.headers.getSetCookie(), names: namesIn(signedUp.headers), guide };
  };

  test.each(["https", "HTTPS", "https, http"])(
    "cookies are the host's alone and addresses say so: %s",
    async (proto) => {
      const { cookies, names, guide } = await asked({ TRUST_PROXY: "on" }, { "x-forwarded-proto": proto });
      expect(names).toHaveLength(3);
      for (const name of names) expect(name).toMatch(/^__Host-superchat_[A-Za-z0-9]{8}_(access|refresh|known)$/);
      for (const cookie of cookies) {
        for (const attribute of ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"])
          expect(cookie).toContain(attribute);
        expect(cookie).not.toContain("Domain");
      }
      expect(guide).toContain("https://127.0.0.1");
      expect(guide).not.toContain("http://127.0.0.1");
    },
  );

  test("is what PUBLIC_URL says, and not what anybody says who is not trusted", async () => {
    const told = await asked({ PUBLIC_URL: "https://chat.example.org" }, {});
    expect(told.names.every((name) => name.startsWith("__Host-"))).toBe(true);
    expect(told.guide).toContain("https://chat.example.org");
    const claimed = await asked({}, { "x-forwarded-proto": "https" });
    expect(claimed.names.every((name) => name.startsWith("superchat_"))).toBe(true);
    expect(claimed.cookies.join()).not.toContain("Secure");
  });

  test("a cookie from before it was is taken along, and the weaker one is dropped", async () => {
    await using gateway = await startGateway({ env: { TRUST_PROXY: "on" } });
    const ana = await signUpAtPage(gateway.url);
    ana.drop("access");
    const page = await ana.visit("/rooms", { headers: { "x-forwarded-proto": "https" } });
    expect(page.path).toBe("/rooms");
    const kept = [...ana.cookies.keys()];
    expect(kept.filter((name) => name.endsWith("_refresh"))).toEqual([expect.stringMatching(/^__Host-/)]);
    const init = {
      method: "POST",
      headers: { "x-forwarded-proto": "https", cookie: ana.cookieHeader(), origin: gateway.url },
    };
    const out = await fetch(`${gateway.url}/sign-out`, { ...init, redirect: "manual" });
    expect(out.headers.get("clear-site-data")).toBe('"cache"');
    expect(namesIn(out.headers).every((name) => name.startsWith("__Host-"))).toBe(true);
    for (const cookie of out.headers.getSetCookie()) expect(cookie).toMatch(/Max-Age=0.*; Secure/);
  });
});

describe("an answer with new cookies that was lost", () => {
  const lost = async (ana: PagePerson, times = 1) => {
    const before = new Map(ana.cookies);
    for (let n = 0; n < times; n++) {
      ana.drop("access");
      await ana.visit("/rooms");
      ana.cookies.clear();
      for (const [name, value] of before) ana.cookies.set(name, value);
    }
    ana.drop("access");
  };

  test("signs nobody out within ten minutes, and leads on from there", async () => {
    const clock = createFixedClock();
    await using gateway = await startGateway({ clock });
    const ana = await signUpAtPage(gateway.url);
    await lost(ana);
    clock.advance(35_000);
    expect((await ana.visit("/rooms")).path).toBe("/rooms");
    for (let n = 0; n < 3; n++) {
      ana.drop("access");
      clock.advance(minuteMs);
      expect((await ana.visit("/rooms")).path).toBe("/rooms");
    }
    await lost(ana);
    clock.advance(refreshAgainMs - 1);
    expect((await ana.visit("/rooms")).path).toBe("/rooms");
    await lost(ana);
    clock.advance(refreshAgainMs);
    expect((await ana.visit("/rooms")).path).toStartWith("/sign-in");
  });

  test("may be lost several times, but not for ever", async () => {
    const clock = createFixedClock();
    await using gateway = await startGateway({ clock });
    const ana = await signUpAtPage(gateway.url);
    for (let n = 0; n <= maxRefreshesAgain; n++) {
      await lost(ana);
      clock.advance(refreshGraceMs);
    }
    expect((await ana.visit("/rooms")).path).toStartWith("/sign-in");
  });

  test("and found by somebody else ends the session at the next exchange of whoever has it", async () => {
    for (const ownerFirst of [true, false]) {
      const clock = createFixedClock();
      await using gateway = await startGateway({ clock });
      const ana = await signUpAtPage(gateway.url);
      const eve = createPagePerson(gateway.url);
      for (const [name, value] of ana.cookies) eve.cookies.set(name, value);
      const [first, second] = ownerFirst ? [ana, eve] : [eve, ana];
      first.drop("access");
      expect((await first.visit("/rooms")).path).toBe("/rooms");
      clock.advance(refreshGraceMs);
      second.drop("access");
      expect((await second.visit("/rooms")).path).toBe("/rooms");
      // Now there are two with a token each: of these one is good for nothing, and says that there are two.
      first.drop("access");
      expect((await first.visit("/rooms")).path).toStartWith("/sign-in");
      expect((await second.visit("/rooms")).path).toStartWith("/sign-in");
    }
  });

  test("an abandoned token is no better within the grace for tabs", async () => {
    const clock = createFixedClock();
    await using gateway = await startGateway({ clock });
    const ana = await signUpPerson(gateway.url);
    const refresh = (refreshToken: string, again?: boolean) =>
      callApi(gateway.url, "POST", "/sessions/refresh", { body: { refreshToken, ...(again ? { again } : {}) } });
    const abandoned = (await refresh(ana.refreshToken)).body.refreshToken;
    clock.advance(refreshGraceMs);
    const current = await refresh(ana.refreshToken, true);
    expect(current.status).toBe(200);
    expect(current.body.refreshToken).not.toBe(abandoned);
    clock.advance(1_000);
    expect((await refresh(abandoned, true)).status).toBe(401);
    expect((await refresh(current.body.refreshToken)).status).toBe(401);
  });

  test("a program has to say so, else the session ends", async () => {
    await using gateway = await startGateway();
    const ana = await signUpPerson(gateway.url);
    const refresh = (body: unknown) => callApi(gateway.url, "POST", "/sessions/refresh", { body });
    expect((await refresh({ refreshToken: ana.refreshToken })).status).toBe(200);
    expect((await refresh({ refreshToken: ana.refreshToken, again: true })).status).toBe(200);
    expect((await refresh({ refreshToken: ana.refreshToken })).status).toBe(401);
    expect((await refresh({ refreshToken: ana.refreshToken, again: true })).status).toBe(401);
  });
});
