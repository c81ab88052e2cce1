/** Requests that no browser sends: each is refused as the client's mistake, says nothing of ours, and leaves no secret in a log. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { malformedRequests, rawSecret, sendRaw } from "../support/raw-request.ts";
import { until } from "../support/wait.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { LOG_LEVEL: "debug" } });
});
afterAll(() => gateway.close());

const port = () => Number(new URL(gateway.url).port);

test.each(malformedRequests)("%s is the client's mistake", async (what, head) => {
  const { status, text } = await sendRaw(port(), head);
  const isAnswered = status >= 400 && status < 500;
  // Bun itself answers what it can't parse, in few words.
  expect([what, status, isAnswered || status === 505]).toEqual([what, status, true]);
  expect(text).not.toMatch(/node_modules|\.ts\b|TypeError|ECONN|superchat_hook/);
});

test("a host that is none is told so, as a page or as a problem", async () => {
  const page = await sendRaw(port(), "GET /rooms/lobby HTTP/1.1\nHost: [\nConnection: close\n\n");
  expect(page.status).toBe(400);
  expect(page.text).toMatch(/^content-type: text\/html/im);
  expect(page.text).toMatch(/^content-security-policy:/im);
  expect(page.text).toContain("names no host");
  const problem = await sendRaw(
    port(),
    "POST /api/v1/sessions HTTP/1.1\nHost: a b\nContent-Length: 2\nConnection: close\n\n{}",
  );
  expect(problem.status).toBe(400);
  expect(problem.text).toMatch(/^content-type: application\/problem\+json/im);
  expect(problem.text).toContain('"code":"malformed"');
});

test.each(["localhost", "chat.example.org:8443", "[::1]:8080", "192.0.2.7", "a_b", "xn--bcher-kva.example"])(
  "%s is a host",
  async (host) => {
    expect((await sendRaw(port(), `GET / HTTP/1.1\nHost: ${host}\nConnection: close\n\n`)).status).toBe(200);
  },
);

test("an odd method is refused at every kind of address", async () => {
  for (const method of ["TRACE", "PROPFIND", "PURGE", "LINK", "MKCOL", "DELETE", "PUT", "PATCH"]) {
    for (const path of ["/", "/rooms/lobby", "/api/v1/rooms", "/static/x", "/healthz", "/sign-in"]) {
      const { status } = await sendRaw(
        port(),
        `${method} ${path} HTTP/1.1\nHost: a\nContent-Length: 0\nConnection: close\n\n`,
      );
      expect([method, path, status >= 400 && status < 500]).toEqual([method, path, true]);
    }
  }
});

test("whoever breaks off while sending is no trouble of ours", async () => {
  const arrived = () => gateway.logged.filter((line) => line.includes('"path":"/api/v1/users"')).length;
  const before = arrived();
  const heads = ["Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"];
  for (const head of heads) {
    const connection = connect(port(), "127.0.0.1");
    connection.write(`POST /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${head}`, () =>
      connection.end(),
    );
    await new Promise((resolve) => connection.on("close", resolve).on("error", resolve).resume());
  }
  await until(() => arrived() === before + heads.length, { what: "both requests" });
});

test("no secret of an address is in the log, and none of these is our fault", () => {
  const logged = gateway.logged.join("");
  expect(logged.length).toBeGreaterThan(0);
  expect(logged).not.toContain(rawSecret);
  expect(logged).not.toContain(rawSecret.slice(-20));
  expect(gateway.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
