/** Incoming webhooks: who knows the address posts, as to Slack, within the limits of messages; and nobody else. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { maxTextBytes } from "#domain/message.ts";
import { maxBodyBytes } from "#gateway/request-body.ts";
import { type ApiPerson, bringIn, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let ana: ApiPerson;
let room: string;
let url: string;
let bot: string;
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
  room = (await ana.createRoom(freshName("Room"), "private")).id;
  bot = freshName("build-bot");
  const { status, body } = await ana.call("POST", `/rooms/${room}/hooks/incoming`, { name: bot });
  expect([status, body.hook.bot.name]).toEqual([201, bot]);
  url = body.url;
});
afterAll(() => gateway.close());

async function post(body: string | object, headers: Record<string, string> = {}, to = url) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(to, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
  const type = response.headers.get("content-type");
  const answer = await response.text();
  return { status: response.status, type, headers: response.headers, answer, code: codeIn(type, answer) };
}
const codeIn = (type: string | null, text: string) =>
  type === "application/problem+json" ? JSON.parse(text).code : undefined;
const form = { "content-type": "application/x-www-form-urlencoded" };
const messages = async () => (await ana.get(`/rooms/${room}/messages?limit=100`)).body.items;
const newestText = async () => (await messages()).at(-1).text;

test("the address is a secret of 256 bits that nothing shows again", async () => {
  expect(url).toMatch(new RegExp(`^${gateway.url}/hooks/superchat_hook_[A-Za-z0-9_-]{43}$`));
  const { body } = await ana.get(`/rooms/${room}/hooks`);
  expect(JSON.stringify(body)).not.toContain("superchat_hook_");
  expect(gateway.logged.join()).not.toContain("superchat_hook_");
});

test("text is posted by the bot, from any origin, and 200 ok says that it is durable", async () => {
  const sent = await post(
    { text: "build <https://ci.example/7|#7> is done", username: "ignored" },
    { origin: "https://ci.example" },
  );
  expect([sent.status, sent.answer, sent.type]).toEqual([200, "ok", "text/plain;charset=utf-8"]);
  const message = (await messages()).at(-1);
  expect([message.text, message.author.name]).toEqual(["build [#7](https://ci.example/7) is done", bot]);
});

test("a form with the same in its field payload is taken as well", async () => {
  const payload = new URLSearchParams({ payload: JSON.stringify({ text: "from a form & more" }) });
  expect((await post(`${payload}`, form)).status).toBe(200);
  expect(await newestText()).toBe("from a form & more");
  expect((await post("text=hello", form)).code).toBe("invalid");
  expect((await post("payload=%7B", form)).code).toBe("malformed");
});

test("with an id of its own a program may send again", async () => {
  const id = Bun.randomUUIDv7();
  const before = (await messages()).length;
  for (let n = 0; n < 3; n++) expect((await post({ text: "once", id })).answer).toBe("ok");
  expect(await messages()).toHaveLength(before + 1);
  expect((await post({ text: "x", id: crypto.randomUUID() })).code).toBe("invalid");
  expect((await post({ text: "x", id: await ana.post(room, "mine") })).code).toBe("conflict");
});

test("the limits of messages hold", async () => {
  expect((await post({ text: "x".repeat(maxTextBytes) })).status).toBe(200);
  expect(await newestText()).toBe("x".repeat(maxTextBytes));
  // What is longer is cut rather than lost: an alert says the most at its beginning.
  expect((await post({ text: "y".repeat(maxTextBytes + 1) })).status).toBe(200);
  expect(await newestText()).toBe(`${"y".repeat(maxTextBytes - 4)} …`);
  expect((await post({ text: "x".repeat(maxBodyBytes) })).status).toBe(413);
  for (const wrong of [
    {},
    { text: {} },
    { blocks: [], attachments: [] },
    { text: "  " },
    { text: "a\0b" },
    [],
    "null",
  ]) {
    const { status, code } = await post(wrong);
    expect([status, code]).toEqual([422, "invalid"]);
  }
  expect((await post("{")).code).toBe("malformed");
  expect((await post("hello", { "content-type": "text/plain" })).status).toBe(415);
});

test("an address that is wrong, or not asked to take anything, is a problem document", async () => {
  const wrong = [
    `${url}x`,
    url.slice(0, -1),
    url.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    `${gateway.url}/hooks/x`,
  ];
  for (const to of wrong) expect((await post({ text: "x" }, {}, to)).code).toBe("not-found");
  const got = await fetch(url);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  expect(got.headers.get("content-type")).toBe("application/problem+json");
});

test("each address has a limit of its own, with the usual headers", async () => {
  await using limited = await startGateway({ clock: createFixedClock(), env: { LIMITS: "on" } });
  const ben = await signUpPerson(limited.url);
  const { id } = await ben.createRoom(freshName("Room"));
  const made = await ben.call("POST", `/rooms/${id}/hooks/incoming`, { name: freshName("bot") });
  const first = await post({ text: "1" }, {}, made.body.url);
  expect(first.headers.get("ratelimit-policy")).toBe('"message/hook";q=60;w=60');
  for (let n = 1; n < 60; n++) await post({ text: "more" }, {}, made.body.url);
  const refused = await post({ text: "too much" }, {}, made.body.url);
  expect([refused.status, refused.code]).toEqual([429, "rate-limited"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("ratelimit")).toMatch(/^"message\/hook";r=0;t=\d+$/);
});

test("deleted, it posts nothing more; by the same name another speaks as the same bot", async () => {
  const again = await ana.call("POST", `/rooms/${room}/hooks/incoming`, { name: bot });
  expect((await ana.call("DELETE", `/rooms/${room}/hooks/${again.body.hook.id}`)).status).toBe(204);
  expect((await post({ text: "x" }, {}, again.body.url)).code).toBe("not-found");
  expect((await post({ text: "the other still does" })).status).toBe(200);
  expect((await ana.get("/bots")).body.items.map(({ name }: { name: string }) => name)).toEqual([bot]);
});

test("only who administers the room sees and changes its webhooks, with the scope if it is a program", async () => {
  const eve = await signUpPerson(gateway.url);
  await bringIn(ana, room, eve);
  const [hook] = (await ana.get(`/rooms/${room}/hooks`)).body.items;
  expect((await eve.get(`/rooms/${room}/hooks`)).status).toBe(403);
  expect((await eve.call("POST", `/rooms/${room}/hooks/outgoing`, { url: "https://eve.example/" })).status).toBe(403);
  expect((await eve.call("DELETE", `/rooms/${room}/hooks/${hook.id}`)).status).toBe(403);
  const { id: other } = await eve.createRoom(freshName("Eve"));
  expect((await eve.call("DELETE", `/rooms/${other}/hooks/${hook.id}`)).status).toBe(404);
  const { body } = await ana.call("POST", "/rooms/direct", { userIds: [eve.id] });
  expect((await ana.get(`/rooms/${body.room.id}/hooks`)).status).toBe(403);
});

test.each([
  "ftp://x.example/",
  "https://ana:secret@x.example/",
  "not an address",
  `https://x.example/${"x".repeat(2_048)}`,
])("%p is no address to send to", async (wrong) => {
  const { status, body } = await ana.call("POST", `/rooms/${room}/hooks/outgoing`, { url: wrong });
  expect([status, body.field]).toEqual([422, "url"]);
});

test("what monitors send is shown: attachments alone, blocks alone, and both beside text", async () => {
  const attachments = [
    { color: "danger", title: "Disk full", title_link: "https://am.example/1", text: "*db_1* at 97 %" },
  ];
  const blocks = [{ type: "header", text: { type: "plain_text", text: "Deployed" } }, { type: "divider" }];
  expect((await post({ attachments })).answer).toBe("ok");
  const alert = "🔴 **[Disk full](https://am.example/1)**\n\n**db_1** at 97 %";
  expect(await newestText()).toBe(alert);
  expect((await post({ blocks })).answer).toBe("ok");
  expect(await newestText()).toBe("**Deployed**\n\n---");
  expect((await post({ text: "News:", blocks, attachments })).answer).toBe("ok");
  expect(await newestText()).toBe(`News:\n\n**Deployed**\n\n---\n\n${alert}`);
});

test("it names members as their own text would, and everybody by no word", async () => {
  expect((await post({ text: `<!here> <!channel> @${ana.name}` })).status).toBe(200);
  const message = (await messages()).at(-1);
  expect([message.text, message.mentions]).toEqual([`@here @channel @${ana.name}`, [ana.id]]);
});
