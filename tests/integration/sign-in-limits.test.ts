/** Guessing is bounded, and nobody can use its bounds to keep somebody else out. Many who sign in or up from one place are not refused. */
import { describe, expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { createPagePerson, pagePassword, signUpAtPage } from "../support/page-person.ts";

const wrong = "wrong wrong";
const slowMs = 60_000;
const proxied = { LIMITS: "on", TRUST_PROXY: "on" };

const tryIn = async (url: string, name: string, password: string, address = "203.0.113.1") => {
  const headers = { "x-forwarded-for": address };
  const { status, body } = await callApi(url, "POST", "/sessions", { body: { name, password }, headers });
  return { status, detail: body.detail as string };
};
const signUpFrom = async (url: string, address: string) => {
  const name = freshName();
  const headers = { "x-forwarded-for": address };
  const { status } = await callApi(url, "POST", "/users", { body: { name, password: pagePassword }, headers });
  return { name, status };
};

describe("wrong tries", () => {
  test("hold per address, whatever name is tried", async () => {
    await using limited = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    const { burst } = rateLimits.signInPerAddress;
    const statuses: number[] = [];
    for (let n = 0; n <= burst; n++) {
      const body = { name: freshName("guess"), password: "wrong wrong" };
      statuses.push((await callApi(limited.url, "POST", "/sessions", { body })).status);
    }
    expect(statuses).toEqual([...Array(burst).fill(401), 429]);
  });

  test("of one address do not keep out the owner of a name elsewhere", async () => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: proxied });
    const { name } = await signUpFrom(gateway.url, "198.51.100.7");
    const last = [];
    for (let n = 0; n < 2 * rateLimits.signInPerNameAndAddress.burst; n++)
      last.push(await tryIn(gateway.url, name, wrong));
    expect(last.at(-1)).toMatchObject({ status: 429, detail: expect.stringContaining("from your network") });
    expect((await tryIn(gateway.url, name, pagePassword, "198.51.100.99")).status).toBe(201);
  });

  test(
    "of very many addresses are bounded for a name, but for where and with what it has signed in before",
    async () => {
      await using gateway = await startGateway({ clock: createFixedClock(), env: proxied });
      const { name } = await signUpFrom(gateway.url, "198.51.100.7");
      const browser = createPagePerson(gateway.url, name);
      const enter = async (person = browser, address = "192.0.2.50") => {
        const page = await person.visit("/sign-in");
        const headers = { "x-forwarded-for": address };
        return await person.submit(page, "/sign-in", { name, password: pagePassword }, headers);
      };
      expect((await enter()).path).toBe("/rooms/lobby");
      await browser.submit(await browser.visit("/rooms/lobby"), "/sign-out");
      // That ended the session, so its place is forgotten, and the browser is not.
      const { burst } = rateLimits.signInPerName;
      for (const tried of [name, freshName("nobody")]) {
        const statuses = [];
        for (let n = 0; n < burst; n++) statuses.push((await tryIn(gateway.url, tried, wrong, `10.1.${n}.1`)).status);
        // The owner's own was one of them.
        expect(statuses.filter((status) => status === 401).length).toBe(tried === name ? burst - 1 : burst);
        const refused = await tryIn(gateway.url, tried, pagePassword, "10.2.0.1");
        expect(refused).toMatchObject({ status: 429, detail: expect.stringContaining("for this name. Sign in where") });
      }
      expect((await tryIn(gateway.url, name, pagePassword, "198.51.100.7")).status).toBe(201);
      expect((await enter()).path).toBe("/rooms/lobby");
      expect((await enter(createPagePerson(gateway.url, name), "192.0.2.51")).status).toBe(429);
    },
    slowMs,
  );

  test("in a browser that is known are bounded, too", async () => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    const ana = await signUpAtPage(gateway.url);
    await ana.submit(await ana.visit("/rooms/lobby"), "/sign-out");
    const statuses = [];
    for (let n = 0; n <= rateLimits.signInPerBrowser.burst; n++) {
      const fields = { name: ana.name, password: wrong };
      statuses.push((await ana.submit(await ana.visit("/sign-in"), "/sign-in", fields)).status);
    }
    expect(statuses.slice(-2)).toEqual([401, 429]);
    // Its mark is good for no other name.
    const other = await signUpPerson(gateway.url);
    const fields = { name: other.name, password: wrong };
    const tries = [];
    for (let n = 0; n <= rateLimits.signInPerNameAndAddress.burst; n++) {
      tries.push((await ana.submit(await ana.visit("/sign-in"), "/sign-in", fields)).status);
    }
    expect(tries.slice(-2)).toEqual([401, 429]);
    expect((await tryIn(gateway.url, other.name, wrong)).status).toBe(429);
  });

  test.each([
    ["a port", (n: number) => `203.0.113.9:${50_000 + n}`],
    ["one network of IPv6", (n: number) => `2001:db8:1:2:${n.toString(16)}::1`],
    ["brackets and a port", (n: number) => `[2001:db8:1:2::${n.toString(16)}]:${n + 1}`],
    ["IPv4 within IPv6", (n: number) => (n % 2 ? "::ffff:203.0.113.9" : "203.0.113.9")],
  ])("of one address are counted together: %s", async (_what, address) => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: proxied });
    const name = freshName();
    const statuses = [];
    for (let n = 0; n <= rateLimits.signInPerNameAndAddress.burst; n++) {
      statuses.push((await tryIn(gateway.url, name, wrong, address(n))).status);
    }
    expect(statuses.slice(-2)).toEqual([401, 429]);
  });

  test("take the address from a proxy only when one is trusted, and then the one it added itself", async () => {
    for (const [trust, last] of [
      ["off", 429],
      ["on", 401],
    ] as const) {
      await using limited = await startGateway({
        clock: createFixedClock(),
        env: { LIMITS: "on", TRUST_PROXY: trust },
      });
      let status = 0;
      for (let n = 0; n <= rateLimits.signInPerAddress.burst; n++) {
        const headers = { "x-forwarded-for": `10.0.0.${n}, 10.1.${n >> 4}.${n & 15}` };
        const body = { name: freshName("guess"), password: "wrong wrong" };
        status = (await callApi(limited.url, "POST", "/sessions", { body, headers })).status;
      }
      expect(status).toBe(last);
    }
  });
});

describe("many at one place", () => {
  test("sign in with right passwords as often as they like", async () => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    const people = await Promise.all(Array.from({ length: 8 }, () => signUpPerson(gateway.url)));
    for (const { name } of people) {
      for (let n = 0; n < rateLimits.signInPerNameAndAddress.burst; n++) {
        expect((await tryIn(gateway.url, name, people[0]?.password ?? "")).status).toBe(201);
      }
    }
  });

  test(
    "sign up: a school at once, then one after the other, with a sentence that says when",
    async () => {
      await using gateway = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
      const { burst } = rateLimits.signUpPerAddress;
      for (let n = 0; n < burst; n++) expect((await signUpFrom(gateway.url, "")).status).toBe(201);
      const refused = await callApi(gateway.url, "POST", "/users", {
        body: { name: freshName(), password: pagePassword },
      });
      expect(refused.status).toBe(429);
      expect(refused.body.detail).toBe("Many accounts were made from your network just now. Try again in 30 seconds.");
    },
    slowMs,
  );

  test("behind a proxy that is not trusted are told to the operator, once", async () => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    for (const address of ["198.51.100.1", "198.51.100.2"]) await signUpFrom(gateway.url, address);
    const told = gateway.logged.filter((line) => line.includes("TRUST_PROXY=on"));
    expect(told).toHaveLength(1);
    await using trusting = await startGateway({ clock: createFixedClock(), env: proxied });
    await signUpFrom(trusting.url, "198.51.100.1");
    expect(trusting.logged.join("")).not.toContain("TRUST_PROXY");
  });
});

describe("refresh tokens", () => {
  test("of many behind one address are limited each, and those that are none by address", async () => {
    await using gateway = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    const ana = await signUpPerson(gateway.url);
    const refresh = async (refreshToken: string) =>
      await callApi(gateway.url, "POST", "/sessions/refresh", { body: { refreshToken } });
    const forged = [];
    for (let n = 0; n <= rateLimits.refreshPerAddress.burst; n++) forged.push((await refresh("x")).status);
    expect(forged.slice(-2)).toEqual([401, 429]);
    let next = ana.refreshToken;
    for (let n = 0; n < rateLimits.refreshPerSession.burst; n++) {
      const { status, body } = await refresh(next);
      expect(status).toBe(200);
      next = body.refreshToken;
    }
    expect((await refresh(next)).status).toBe(429);
  });
});
