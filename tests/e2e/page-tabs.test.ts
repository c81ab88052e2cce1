/** Tabs, offline, hidden and restored pages, silent sockets, and browsers without storage: still once, in order, none lost. */
import { expect, test } from "bun:test";
import { pending, stored, TEST_MAX_MS, texts, until, usePage } from "./page-code-harness.ts";

const it = usePage();

test(
  "two tabs send each message once and show the same",
  async () => {
    const other = await it.open();
    await Promise.all([
      (async () => {
        for (const text of ["a1", "a2", "a3"]) await it.write(text);
      })(),
      (async () => {
        for (const text of ["b1", "b2", "b3"]) await it.write(text, other);
      })(),
    ]);
    await until(() => it.server.entries.length === 6);
    const order = it.server.entries.map(({ text }) => text);
    await it.shows(order);
    await it.shows(order, other);
    expect(order.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(order.filter((text) => text.startsWith("b"))).toEqual(["b1", "b2", "b3"]);
    expect(it.server.posts.length).toBe(6);
    await until(async () => (await stored(it.page)) === 0);
  },
  TEST_MAX_MS,
);

test(
  "a tab that was closed with unsent messages leaves them to the next one",
  async () => {
    it.server.refuseConnections(true);
    it.server.closeAll(1012);
    await until(() => it.server.connected() === 0);
    const other = await it.context.newPage();
    await other.goto(it.server.url);
    await it.write("orphan", other);
    await until(async () => (await pending(it.page)).length === 1);
    await other.close();
    it.server.refuseConnections(false);
    await it.shows(["orphan"]);
  },
  TEST_MAX_MS,
);

test(
  "another person on this browser sees and sends nothing of it",
  async () => {
    it.server.refuseConnections(true);
    it.server.closeAll(1012);
    await it.write("private");
    await until(async () => (await stored(it.page)) === 1);
    it.server.signIn("u-else");
    it.server.refuseConnections(false);
    await it.page.reload();
    await until(() => it.server.connected() === 1);
    await it.write("mine");
    await it.shows(["mine"]);
    // Nor is it kept where they could read it.
    await until(async () => (await stored(it.page)) === 0);
  },
  TEST_MAX_MS,
);

test(
  "offline says so, and coming back online reconnects at once",
  async () => {
    await it.context.setOffline(true);
    await it.page.waitForFunction(() => document.getElementById("status")?.textContent?.startsWith("You are offline"));
    const before = it.server.connections.length;
    await it.context.setOffline(false);
    await until(() => it.server.connections.length > before && it.server.connected() === 1);
    it.server.append("back");
    await it.shows(["back"]);
    await it.page.waitForFunction(() => document.getElementById("status")?.textContent === "");
  },
  TEST_MAX_MS,
);

test(
  "a page that comes back from the cache of the browser resumes",
  async () => {
    it.server.append("before");
    await it.shows(["before"]);
    // Playwright cannot drive pages from the real cache: the events it brings are sent by hand.
    const pass = (type: string) =>
      it.page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
    await pass("pagehide");
    await until(() => it.server.connected() === 0);
    it.server.append("away");
    const before = it.server.connections.length;
    await pass("pageshow");
    await it.shows(["before", "away"]);
    expect(it.server.connections.length).toBe(before + 1);
  },
  TEST_MAX_MS,
);

test(
  "a socket that fell silent is given up after 45 s",
  async () => {
    await it.page.clock.install();
    await it.page.reload();
    await until(() => it.server.connected() === 1);
    it.server.beSilent(true);
    it.server.append("unheard");
    it.server.beSilent(false);
    await it.page.clock.fastForward(40_000);
    const before = it.server.connections.length;
    await it.page.clock.fastForward(20_000);
    await until(() => it.server.connections.length > before);
    await it.page.clock.resume();
    await it.shows(["unheard"]);
  },
  TEST_MAX_MS,
);

test(
  "without a database messages are still sent",
  async () => {
    await it.page.addInitScript(() => {
      Object.defineProperty(window, "indexedDB", {
        get() {
          throw new Error("denied");
        },
      });
    });
    await it.page.reload();
    await until(() => it.server.connected() === 1);
    await it.write("one");
    await it.write("two");
    await it.shows(["one", "two"]);
  },
  TEST_MAX_MS,
);

test(
  "without a secure context (no locks, no randomUUID) messages are still sent",
  async () => {
    await it.page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
      Object.defineProperty(Crypto.prototype, "randomUUID", { value: undefined });
    });
    await it.page.reload();
    await until(() => it.server.connected() === 1);
    await it.write("one");
    await it.shows(["one"]);
  },
  TEST_MAX_MS,
);

test(
  "a hidden tab keeps up too",
  async () => {
    const front = await it.open();
    await front.bringToFront();
    for (let each = 0; each < 3; each++) it.server.append(`m${each}`);
    await it.shows(["m0", "m1", "m2"]);
    expect((await texts(front)).length).toBe(3);
  },
  TEST_MAX_MS,
);

test(
  "a page whose sign-in ran out goes to the sign-in page instead of knocking for ever",
  async () => {
    it.server.signIn("");
    it.server.refuseConnections(true);
    it.server.closeAll(1012);
    await it.page.waitForURL("**/sign-in?next=%2Frooms%2Flobby&why=ended");
  },
  TEST_MAX_MS,
);
