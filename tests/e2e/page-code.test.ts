/** The page's code in a real browser against a server that misbehaves on purpose: every message once, in order, none lost. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { EPOCH, type PageServer, ROOM, startPageServer } from "./page-code-server.ts";

const WAIT_MAX_MS = 8_000;
const TEST_MAX_MS = 30_000;

let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: PageServer;
let errors: string[];

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}, TEST_MAX_MS);
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startPageServer();
  context = await browser.newContext();
  errors = [];
  page = await open();
});
afterEach(async () => {
  await context.close();
  await server.stop();
});

async function open(): Promise<Page> {
  const opened = await context.newPage();
  opened.on("pageerror", (error) => errors.push(String(error)));
  const before = server.connected();
  await opened.goto(server.url);
  await until(() => server.connected() > before);
  return opened;
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`Did not come true in time: ${done}`);
    await Bun.sleep(20);
  }
}

const texts = (where = page) =>
  where.$$eval("#log > .message .text", (found) => found.map((element) => element.textContent));
const pending = (where = page) =>
  where.$$eval("#pending > li", (found) =>
    found.map((item) => `${item.getAttribute("data-state")} ${item.querySelector(".text")?.textContent}`),
  );
const stored = (where = page) =>
  where.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("superchat", 1);
        opening.onsuccess = () => {
          const count = opening.result.transaction("outbox").objectStore("outbox").count();
          count.onsuccess = () => resolve(count.result);
        };
      }),
  );

async function shows(expected: string[], where = page): Promise<void> {
  await until(async () => (await texts(where)).length >= expected.length && (await pending(where)).length === 0);
  expect(await texts(where)).toEqual(expected);
  expect(errors).toEqual([]);
}

async function write(text: string, where = page): Promise<void> {
  await where.fill("#text", text);
  await where.press("#text", "Enter");
}

test(
  "duplicated, overlapping and late frames change nothing",
  async () => {
    for (const text of ["a", "b", "c"]) server.append(text);
    await shows(["a", "b", "c"]);
    server.send(server.runFrame(server.entries));
    server.beSilent(true);
    server.append("d");
    server.send(server.runFrame(server.entries.slice(1)));
    server.send(server.runFrame(server.entries.slice(2)));
    await shows(["a", "b", "c", "d"]);
    expect(server.connections.length).toBe(1);
  },
  TEST_MAX_MS,
);

test(
  "a hole is refused and filled by resuming right after what was shown",
  async () => {
    server.append("a");
    await shows(["a"]);
    server.beSilent(true);
    for (const text of ["b", "c", "d"]) server.append(text);
    server.beSilent(false);
    server.send(server.runFrame(server.entries.slice(2)));
    await shows(["a", "b", "c", "d"]);
    expect(server.connections.at(-1)).toContain("after=1");
    expect(server.connections.length).toBe(2);
  },
  TEST_MAX_MS,
);

test(
  "frames out of order end up in order",
  async () => {
    server.beSilent(true);
    const [a, b, c] = ["a", "b", "c"].map((text) => server.append(text));
    if (!a || !b || !c) throw new Error("unreachable");
    server.beSilent(false);
    for (const entry of [c, b, a]) server.send(server.runFrame([entry]));
    await shows(["a", "b", "c"]);
  },
  TEST_MAX_MS,
);

test(
  "a wrong caught-up is not believed",
  async () => {
    server.beSilent(true);
    server.append("a");
    server.beSilent(false);
    server.send({ caughtUp: { room: ROOM, epoch: EPOCH, offset: 1 } });
    await shows(["a"]);
  },
  TEST_MAX_MS,
);

test(
  "a connection lost between send and acknowledgement loses and doubles nothing",
  async () => {
    server.answerWith(() => {
      server.answerWith(() => "ack");
      server.cut();
      return "lose";
    });
    await write("once");
    await shows(["once"]);
    expect(server.posts.map(({ id }) => id)).toEqual([server.posts[0]?.id ?? "", server.posts[0]?.id ?? ""]);
    await until(async () => (await stored()) === 0);
  },
  TEST_MAX_MS,
);

test(
  "a lost acknowledgement is made up for by the entry itself",
  async () => {
    server.answerWith(() => "store-only");
    await write("one");
    await write("two");
    await shows(["one", "two"]);
    await until(async () => (await stored()) === 0);
    expect(server.posts.length).toBe(2);
  },
  TEST_MAX_MS,
);

test(
  "a refusal says why and offers to try again, edit and discard",
  async () => {
    server.answerWith(() => ({ code: "forbidden", sentence: "You may not write here." }));
    await write("no");
    await page.waitForSelector("#pending [data-state=refused]");
    expect(await page.textContent("#pending .state")).toContain("You may not write here.");
    await page.reload();
    await page.waitForSelector("#pending [data-state=refused]");
    await page.click("#pending button:text('Edit')");
    expect(await page.inputValue("#text")).toBe("no");
    expect(await stored()).toBe(0);
    await page.press("#text", "Enter");
    await page.waitForSelector("#pending [data-state=refused]");
    server.answerWith(() => "ack");
    await page.click("#pending button:text('Try again')");
    await shows(["no"]);
  },
  TEST_MAX_MS,
);

test(
  "a busy server is asked again, in order",
  async () => {
    let times = 0;
    server.answerWith(() =>
      ++times < 3 ? { code: times < 2 ? "rate-limited" : "unavailable", sentence: "Busy.", retryAfterMs: 50 } : "ack",
    );
    await write("one");
    await write("two");
    await shows(["one", "two"]);
    expect(server.posts.map(({ text }) => text)).toEqual(["one", "one", "one", "two"]);
  },
  TEST_MAX_MS,
);

test(
  "a restart of the server is ridden out, what was missed arrives once",
  async () => {
    server.append("before");
    await shows(["before"]);
    server.refuseConnections(true);
    server.closeAll(1012);
    await page.waitForFunction(() => document.getElementById("status")?.textContent === "Reconnecting…");
    server.append("during");
    await write("mine");
    await until(async () => (await pending()).includes("waiting mine") || (await pending()).includes("sending mine"));
    server.refuseConnections(false);
    await shows(["before", "during", "mine"]);
    expect(await page.textContent("#status")).toBe("");
  },
  TEST_MAX_MS,
);

test(
  "a close the extension takes as final is not final for the page",
  async () => {
    server.closeAll(1009);
    await until(() => server.connected() === 1);
    server.append("later");
    await shows(["later"]);
  },
  TEST_MAX_MS,
);

test(
  "a reset reads the room again, then goes on live",
  async () => {
    for (const text of ["a", "b"]) server.append(text);
    await shows(["a", "b"]);
    server.entries.length = 0;
    server.renewEpoch("e2");
    server.beSilent(true);
    for (const text of ["x", "y", "z"]) server.append(text);
    server.beSilent(false);
    server.closeAll(1012);
    await until(async () => (await texts())[0] === "x");
    server.append("after");
    await shows(["x", "y", "z", "after"]);
  },
  TEST_MAX_MS,
);

test(
  "what is written offline is kept over a reload and sent in order with the connection",
  async () => {
    server.refuseConnections(true);
    server.closeAll(1012);
    await until(() => server.connected() === 0);
    for (const text of ["one", "two", "three"]) await write(text);
    await until(async () => (await stored()) === 3);
    await page.reload();
    await until(async () => (await pending()).length === 3);
    server.refuseConnections(false);
    await shows(["one", "two", "three"]);
    expect(server.posts.every(({ resend }) => resend)).toBe(true);
    expect(await stored()).toBe(0);
  },
  TEST_MAX_MS,
);
