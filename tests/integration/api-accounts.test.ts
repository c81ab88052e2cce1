import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { maxSessionsPerPerson } from "#domain/session.ts";
import { callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const call: typeof callApi extends (base: string, ...rest: infer R) => infer A ? (...rest: R) => A : never = (
  ...rest
) => callApi(gateway.url, ...rest);

describe("signing up and in", () => {
  test("gives a user and tokens, and a place in the lobby", async () => {
    const ana = await signUpPerson(gateway.url);
    expect((await ana.get("/me")).body.user).toEqual({ id: ana.id, name: ana.name });
    const rooms = (await ana.get("/rooms?mine=true")).body.items;
    expect(rooms.map((room: { slug: string }) => room.slug)).toEqual(["lobby"]);
  });

  test("a name that is taken, in other case or look-alike letters, is a conflict", async () => {
    const name = freshName("Bill");
    await signUpPerson(gateway.url, name);
    for (const taken of [name, name.toUpperCase(), name.replace("B", "b"), name.replace("ill", "iII")]) {
      const { status, body } = await call("POST", "/users", { body: { name: taken, password: "another password" } });
      expect([status, body.code, body.field]).toEqual([409, "conflict", "name"]);
    }
  });

  test("signing in takes the name in any case, and only the right password", async () => {
    const ana = await signUpPerson(gateway.url);
    const good = await call("POST", "/sessions", { body: { name: ana.name.toUpperCase(), password: ana.password } });
    expect([good.status, good.body.user.id]).toEqual([201, ana.id]);
    for (const body of [
      { name: ana.name, password: `${ana.password}x` },
      { name: freshName("nobody"), password: ana.password },
      { name: "superchat", password: "" },
    ]) {
      const bad = await call("POST", "/sessions", { body });
      expect([bad.status, bad.body.code]).toEqual([401, "unauthenticated"]);
    }
  });
});

test("a password with an accent is the same from every keyboard", async () => {
  const [name, composed, decomposed] = [freshName("zoe"), "caf\u00E9 cr\u00E8me", "cafe\u0301 cre\u0300me"];
  expect((await call("POST", "/users", { body: { name, password: composed } })).status).toBe(201);
  for (const [password, status] of [
    [decomposed, 201],
    [composed, 201],
    ["cafe creme", 401],
  ] as const)
    expect((await call("POST", "/sessions", { body: { name, password } })).status).toBe(status);
});

describe("access tokens", () => {
  test("verify against the published keys, carry a key id, and name the person", async () => {
    const ana = await signUpPerson(gateway.url);
    const jwks = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as Parameters<
      typeof createLocalJWKSet
    >[0];
    const { payload, protectedHeader } = await jwtVerify(ana.token, createLocalJWKSet(jwks), { issuer: "superchat" });
    expect(payload.sub).toBe(ana.id);
    expect(protectedHeader.alg).toBe("EdDSA");
    expect(jwks.keys.map((key) => key.kid)).toContain(protectedHeader.kid ?? "");
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });

  test("of another maker, without signature, tampered with or expired are refused", async () => {
    const ana = await signUpPerson(gateway.url);
    const claims = decodeJwt(ana.token);
    const { kid = "" } = decodeProtectedHeader(ana.token);
    const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const sign = (payload: JWTPayload, header: object) =>
      new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", kid, ...header }).sign(privateKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const [head, , signature] = ana.token.split(".");
    const hs256 = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey))));
    for (const token of [
      `${part({ alg: "none", kid })}.${part(claims)}.`,
      `${part({ alg: "none" })}.${part(claims)}.`,
      await sign(claims, {}),
      await sign(claims, { kid: "unknown" }),
      `${head}.${part({ ...claims, sub: Bun.randomUUIDv7() })}.${signature}`,
      hs256,
      "not a token",
      "a.b.c",
      "x".repeat(10_000),
      "",
    ]) {
      const { status, body, headers } = await call("GET", "/me", { token });
      expect([status, body.code]).toEqual([401, "unauthenticated"]);
      expect(headers.get("www-authenticate")).toStartWith("Bearer");
    }
  });

  test("of a time past are refused, and the page's cookie is refreshed instead", async () => {
    await using short = await startGateway({ env: { ACCESS_TOKEN_SECONDS: "10" } });
    const ana = await signUpPerson(short.url);
    const { exp = 0, iat = 0 } = decodeJwt(ana.token);
    expect(exp - iat).toBe(10);
  });
});

describe("refresh tokens", () => {
  const refresh = (refreshToken: string) => call("POST", "/sessions/refresh", { body: { refreshToken } });

  test("are exchanged once; a reused one ends the whole session", async () => {
    const ana = await signUpPerson(gateway.url);
    const first = await refresh(ana.refreshToken);
    expect(first.status).toBe(200);
    expect(first.body.refreshToken).not.toBe(ana.refreshToken);
    const second = await refresh(first.body.refreshToken);
    expect(second.status).toBe(200);

    const reused = await refresh(ana.refreshToken);
    expect([reused.status, reused.body.code]).toEqual([401, "unauthenticated"]);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
    expect((await call("GET", "/me", { token: second.body.accessToken })).status).toBe(401);
  });

  test("of which two are used at once, one wins and the session ends", async () => {
    const ana = await signUpPerson(gateway.url);
    const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(ana.refreshToken)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
    expect((await call("GET", "/me", { token: ana.token })).status).toBe(401);
  });

  test.each(["", "x", "a.b.c", `${Bun.randomUUIDv7()}.0.x`, `${Bun.randomUUIDv7()}.0.x.y`])(
    "%j is refused",
    async (token) => {
      expect((await refresh(token)).status).toBe(401);
    },
  );

  test("with another generation written in are refused", async () => {
    const ana = await signUpPerson(gateway.url);
    const [session, , mac] = ana.refreshToken.split(".");
    expect((await refresh(`${session}.1.${mac}`)).status).toBe(401);
    expect((await refresh(ana.refreshToken)).status).toBe(200);
  });
});

describe("sessions", () => {
  const signInAgain = async (ana: { name: string; password: string }, device: string) =>
    (
      await call("POST", "/sessions", {
        body: { name: ana.name, password: ana.password },
        headers: { "user-agent": device },
      })
    ).body;

  test("are listed with their devices, and one can be ended from another", async () => {
    const ana = await signUpPerson(gateway.url);
    const phone = await signInAgain(ana, "phone");
    const { items } = (await ana.get("/sessions")).body;
    expect(items).toHaveLength(2);
    expect(items.filter((item: { current: boolean }) => item.current)).toHaveLength(1);
    const other = items.find((item: { device: string }) => item.device === "phone");
    expect((await ana.call("DELETE", `/sessions/${other.id}`)).status).toBe(204);
    expect((await call("GET", "/me", { token: phone.accessToken })).status).toBe(401);
    expect((await ana.get("/me")).status).toBe(200);
  });

  test("of somebody else can't be ended or told from none", async () => {
    const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
    const { items } = (await ben.get("/sessions")).body;
    expect((await ana.call("DELETE", `/sessions/${items[0].id}`)).status).toBe(404);
    expect((await ana.call("DELETE", `/sessions/${Bun.randomUUIDv7()}`)).status).toBe(404);
    expect((await ana.call("DELETE", "/sessions/x")).status).toBe(404);
    expect((await ben.get("/me")).status).toBe(200);
  });

  test("of more than the most the oldest end at once, also of 50 that come together, and all that live are listed", async () => {
    const ana = await signUpPerson(gateway.url);
    for (let n = 1; n < maxSessionsPerPerson; n++) await signInAgain(ana, `device ${n}`);
    expect((await ana.get("/me")).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 50 }, (_, n) => signInAgain(ana, `new ${n}`)));
    expect((await ana.get("/me")).status).toBe(401);
    const living = await Promise.all(many.map(({ accessToken }) => call("GET", "/me", { token: accessToken })));
    expect(living.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const { items } = (await call("GET", "/sessions", { token: many[0].accessToken })).body;
    expect(items).toHaveLength(maxSessionsPerPerson);
    expect(items.filter(({ device }: { device: string }) => device.startsWith("new"))).toHaveLength(50);
  });

  test("end here, and everywhere", async () => {
    const ana = await signUpPerson(gateway.url);
    const phone = await signInAgain(ana, "phone");
    expect((await ana.call("DELETE", "/sessions/current")).status).toBe(204);
    expect((await ana.get("/me")).status).toBe(401);
    const laptop = await signInAgain(ana, "laptop");
    expect((await call("DELETE", "/sessions", { token: laptop.accessToken })).status).toBe(204);
    for (const { accessToken, refreshToken } of [phone, laptop]) {
      expect((await call("GET", "/me", { token: accessToken })).status).toBe(401);
      expect((await call("POST", "/sessions/refresh", { body: { refreshToken } })).status).toBe(401);
    }
  });
});

describe("limits on tries", () => {
  test("hold per name and say when to come back", async () => {
    await using limited = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
    const ana = await signUpPerson(limited.url);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      const { status } = await callApi(limited.url, "POST", "/sessions", {
        body: { name: ana.name, password: "wrong wrong" },
      });
      statuses.push(status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const right = await callApi(limited.url, "POST", "/sessions", { body: { name: ana.name, password: ana.password } });
    expect([right.status, right.body.code]).toEqual([429, "rate-limited"]);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});
