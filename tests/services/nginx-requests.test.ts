/** What nginx lets through, what it keeps from the gateways, and what it says by itself. */
import { beforeAll, describe, expect, test } from "bun:test";
import { startNginx } from "../../scripts/services/nginx.ts";
import { type NginxWorld, rawRequest, slowMs, startBehindBalancer, tally, useNginxWorld } from "./nginx-world.ts";

let world: NginxWorld;

useNginxWorld(
  (opened) => {
    world = opened;
  },
  { count: 2 },
);

interface Seen {
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

const seenBy = async (path: string, init?: RequestInit, port?: number) => {
  const url = `http://127.0.0.1:${port ?? world.nginx.port}${path}`;
  return (await (await fetch(url, init)).json()) as Seen;
};

const spoofed = {
  "X-Forwarded-For": "203.0.113.7",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "elsewhere.example",
  "X-Real-IP": "203.0.113.7",
  Forwarded: "for=203.0.113.7",
  "X-Request-Id": "chosen-by-the-client",
};

test("a gateway learns the real address, scheme and host, whatever the client claims", async () => {
  const { headers } = await seenBy("/", { headers: { ...spoofed, Authorization: "Bearer x", Cookie: "session=y" } });
  expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
  expect(headers["x-forwarded-proto"]).toBe("http");
  expect(headers.host).toBe(`127.0.0.1:${world.nginx.port}`);
  expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  expect(headers).not.toHaveProperty("x-forwarded-host");
  expect(headers).not.toHaveProperty("x-real-ip");
  expect(headers).not.toHaveProperty("forwarded");
  expect(headers).toMatchObject({ authorization: "Bearer x", cookie: "session=y" });
});

test(
  "another balancer in front is believed once it is named",
  async () => {
    const behind = await startBehindBalancer(world);
    try {
      const { headers } = await seenBy("/", { headers: spoofed }, behind.port);
      expect(headers).toMatchObject({ "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" });
      for (const [told, scheme] of [
        ["HTTPS", "https"],
        ["https, http", "https"],
        ["http, https", "http"],
        ["httpsx", "http"],
      ]) {
        const seen = await seenBy("/", { headers: { ...spoofed, "X-Forwarded-Proto": told ?? "" } }, behind.port);
        expect([told, seen.headers["x-forwarded-proto"]]).toEqual([told, scheme]);
      }
      const withPort = { ...spoofed, "X-Forwarded-For": "203.0.113.7:50123" };
      expect((await seenBy("/", { headers: withPort }, behind.port)).headers["x-forwarded-for"]).toBe("203.0.113.7");

      // As many as one may send at once, by addresses of one network, or by ports of one address; then somebody else.
      const flood = async (address: (n: number) => string) => {
        const ask = (n: number) =>
          fetch(`http://127.0.0.1:${behind.port}/api/x`, { headers: { "X-Forwarded-For": address(n) } });
        return tally(
          (await Promise.all(Array.from({ length: 1_000 }, (_, n) => ask(n)))).map(({ status }) => `${status}`),
        );
      };
      const refused = [
        await flood((n) => `2001:db8:0:a::${(n + 1).toString(16)}`),
        await flood((n) => `203.0.113.9:${n + 1_000}`),
        await flood((n) => (n % 2 ? "::ffff:203.0.113.10" : "203.0.113.10")),
      ];
      for (const statuses of refused) expect(statuses["429"]).toBeGreaterThan(300);
      // Networks are told apart, also where a byte of theirs is that of a line's end, and so are addresses of IPv4 within IPv6.
      expect(await flood((n) => `2001:db8:0:${(n + 0x0a00).toString(16)}::1`)).toEqual({ "200": 1_000 });
      expect(await flood((n) => `::ffff:198.51.${n >> 8}.${n & 255}`)).toEqual({ "200": 1_000 });
    } finally {
      await behind.stop();
    }
  },
  slowMs,
);

test.each([
  "/metrics",
  "/metrics/",
  "/metrics?x=1",
  "//metrics",
  "/./metrics",
  "/%6detrics",
  "/a/../metrics",
  "/a/%2e%2e/metrics",
  "/%2Fmetrics",
  "/healthz",
  "/readyz",
  "/readyz/deep",
])("%s is nothing to the outside", async (path) => {
  const answer = await rawRequest(world.nginx.port, `GET ${path} HTTP/1.1\nHost: x\nConnection: close\n\n`);
  expect(answer).toStartWith("HTTP/1.1 404");
  expect(answer).not.toContain('"path"');
});

describe("a body", () => {
  test("a gateway gets more than it takes, so that it can say so itself", async () => {
    expect(await seenBy("/", { method: "POST", body: "x".repeat(900_000) })).toMatchObject({ bytes: 900_000 });
  });

  test("nginx refuses what is far too large, in the form of the API", async () => {
    const answer = await world.get("/api/v1/rooms", { method: "POST", body: "x".repeat(1_100_000) });
    expect(answer.status).toBe(413);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ status: 413, code: "too-large" });
  });

  test("headers have a limit too", async () => {
    const answer = await world.get("/", { headers: { "X-Long": "x".repeat(20_000) } });
    expect(answer.status).toBe(400);
  });
});

describe("an answer", () => {
  test("HTML and JSON are compressed, and their security headers come once", async () => {
    for (const path of ["/long", "/"]) {
      const head = `GET ${path} HTTP/1.1\nHost: x\nAccept-Encoding: gzip\nX-Pad: ${"y".repeat(600)}\nConnection: close\n\n`;
      const answer = await rawRequest(world.nginx.port, head);
      expect(answer).toMatch(/^Content-Encoding: gzip\r$/im);
      expect(answer).toMatch(/^Vary: Accept-Encoding\r$/im);
    }
    const plain = await rawRequest(world.nginx.port, "GET /long HTTP/1.1\nHost: x\nConnection: close\n\n");
    expect(plain.match(/^Content-Security-Policy:/gim)).toHaveLength(1);
    expect(plain.match(/^X-Content-Type-Options:/gim)).toHaveLength(1);
    expect(plain).not.toMatch(/nginx\/\d/);
  });

  test("a gateway's own refusal passes as it is", async () => {
    const answer = await world.get("/busy", { method: "POST", body: "x" });
    expect([answer.status, await answer.text(), answer.headers.get("retry-after")]).toEqual([503, "busy", "1"]);
  });
});

test(
  "limits: an office of people passes, a flood is told to wait, and it can be switched off",
  async () => {
    const gateways = world.upstreams.map(({ address }) => address);
    await using limited = await startNginx({ gateways, limits: true });
    const flood = async (port: number, count: number) => {
      const url = `http://127.0.0.1:${port}/api/x`;
      const answers = await Promise.all(Array.from({ length: count }, () => fetch(url)));
      return {
        statuses: tally(answers.map(({ status }) => `${status}`)),
        refused: answers.find(({ status }) => status === 429),
      };
    };
    expect((await flood(limited.port, 300)).statuses).toEqual({ "200": 300 });
    const { refused } = await flood(limited.port, 1_000);
    expect(refused?.headers.get("retry-after")).toBe("2");
    expect(await refused?.json()).toMatchObject({ status: 429, code: "rate-limited" });
    expect((await flood(world.nginx.port, 1_000)).statuses).toEqual({ "200": 1_000 });
  },
  slowMs,
);

describe("with every gateway away", () => {
  beforeAll(async () => {
    // Into the cache, in both forms.
    for (const encoding of ["gzip", "identity"]) await staticFile(encoding);
    for (const each of world.upstreams) await each.stop();
  });

  const staticFile = (encoding: string) =>
    world.get("/static/app.0123.css", { headers: { "Accept-Encoding": encoding } });

  test("static files are still there, compressed or not as asked, and a browser's copy stays good", async () => {
    for (const [encoding, etag] of [
      ["gzip", '"one-gzip"'],
      ["identity", '"one"'],
    ] as const) {
      const answer = await staticFile(encoding);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("etag")).toBe(etag);
      expect(answer.headers.get("cache-control")).toContain("immutable");
      expect(await answer.text()).toBe("a { color: red }");
    }
    const again = await world.get("/static/app.0123.css", {
      headers: { "Accept-Encoding": "identity", "If-None-Match": '"one"' },
    });
    expect(again.status).toBe(304);
  });

  test("a page says so, under a strict policy, and asks again by itself", async () => {
    const answer = await world.get("/rooms/lobby");
    const html = await answer.text();
    expect(answer.status).toBe(502);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(answer.headers.get("hx-reswap")).toBe("none");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toContain("Not available right now");
    expect(html).toContain('http-equiv="refresh"');
    expect(html).not.toMatch(/https?:/);
  });

  test("a form is not sent again by itself", async () => {
    const answer = await world.get("/rooms/lobby/messages", { method: "POST", body: "text=hello" });
    expect(answer.status).toBe(502);
    expect(await answer.text()).not.toContain("refresh");
  });

  test("a program gets problem details", async () => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await world.get("/api/v1/rooms", { method });
      expect(answer.status).toBe(502);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(await answer.json()).toMatchObject({ type: "about:blank", status: 502, code: "unavailable" });
    }
  });
});
