/** The sender against real servers on this machine, which count as private like any other. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import { createAddressRules } from "./address-rules.ts";
import { retryAfterOf } from "./retry-after.ts";
import { createHttpWebhookSender } from "./webhook-sender.ts";

const got: { path: string; host: string | null; body: string }[] = [];
let server: ReturnType<typeof Bun.serve>;
let base: string;

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      got.push({ path: pathname, host: request.headers.get("host"), body: await request.text() });
      if (pathname === "/away") return new Response(null, { status: 302, headers: { location: `${base}/secret` } });
      if (pathname === "/wait") return new Response("", { status: 429, headers: { "retry-after": "120" } });
      if (pathname === "/hang") return await new Promise<Response>(() => undefined);
      if (pathname === "/endless")
        return new Response(new ReadableStream({ pull: (to) => to.enqueue("x".repeat(65_536)) }));
      return new Response("");
    },
  });
  base = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.stop(true));

const allowed = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]), timeoutMs: 700 });
const strict = createHttpWebhookSender({ rules: createAddressRules(), timeoutMs: 2_000 });
const post = (url: string, sender = allowed) => sender.send({ url, headers: { "x-mine": "1" }, body: "hej ✓" });

test("sends the body to an address that is allowed", async () => {
  expect(await post(`${base}/here?a=1`)).toEqual({ type: "answered", status: 200 });
  expect(got.at(-1)).toEqual({ path: "/here", host: `127.0.0.1:${server.port}`, body: "hej ✓" });
});

test("follows no redirection, reads no answer, and hears when to come again", async () => {
  const before = got.length;
  expect(await post(`${base}/away`)).toEqual({ type: "answered", status: 302 });
  expect(got.slice(before).map(({ path }) => path)).toEqual(["/away"]);
  expect(await post(`${base}/endless`)).toEqual({ type: "answered", status: 200 });
  expect(await post(`${base}/wait`)).toEqual({ type: "answered", status: 429, retryAfterMs: 120_000 });
});

test("gives up on who does not answer in time, and on who is not there", async () => {
  expect(await post(`${base}/hang`)).toEqual({ type: "unanswered", reason: "It did not answer in time." });
  expect(await post("http://127.0.0.1:1/")).toEqual({ type: "unanswered", reason: "Nobody listens at that address." });
  expect(await post("https://127.0.0.1:1/")).toMatchObject({ type: "unanswered" });
});

const inward = ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1"];

test.each(inward)("%s is refused, when it is checked and when it is sent to", async (host) => {
  const url = `http://${host}:${server.port}/secret`;
  const before = got.length;
  const error = await strict.check(url).catch((thrown: unknown) => thrown);
  expect(isChatError(error, "invalid") && error.field).toBe("url");
  const receipt = await post(url, strict);
  expect(receipt.type === "unanswered" && receipt.reason).toContain("private network");
  expect(got).toHaveLength(before);
});

test("connects to the address that was checked, whatever the name stands for a moment later", async () => {
  const answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1", "10.0.0.1"]];
  const rules = createAddressRules(["127.0.0.1"]);
  const asked: string[] = [];
  const addressesOf = async (name: string) => {
    asked.push(name);
    return answers[asked.length - 1] ?? [];
  };
  const sender = createHttpWebhookSender({ rules, addressesOf });
  const url = `http://rebound.example:${server.port}/named`;
  expect(await post(url, sender)).toEqual({ type: "answered", status: 200 });
  // The name alone leads nowhere: the connection went to what was checked, and was asked for by name.
  expect(got.at(-1)).toMatchObject({ path: "/named", host: `rebound.example:${server.port}` });
  expect(asked).toEqual(["rebound.example"]);
  for (let n = 0; n < 2; n++) {
    const receipt = await post(url, sender);
    expect(receipt.type === "unanswered" && receipt.reason).toContain("private network");
  }
});

test("a name that nobody knows passes the check and is not sent to", async () => {
  const sender = createHttpWebhookSender({ rules: createAddressRules(), addressesOf: async () => [] });
  await sender.check("https://unknown.example/");
  const reason = "There is no machine by the name of unknown.example.";
  expect(await post("https://unknown.example/", sender)).toEqual({ type: "unanswered", reason });
});

test("Retry-After is seconds or a date", () => {
  expect(retryAfterOf("5", 0)).toBe(5_000);
  expect(retryAfterOf("Thu, 01 Jan 1970 00:01:00 GMT", 20_000)).toBe(40_000);
  expect(retryAfterOf("Thu, 01 Jan 1970 00:01:00 GMT", 90_000)).toBe(0);
  for (const wrong of [undefined, "", "soon", "-1", "1.5", "99999999999"])
    expect(retryAfterOf(wrong, 0)).toBeUndefined();
});
