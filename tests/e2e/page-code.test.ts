/** The page's code in a real browser against a server that misbehaves on purpose: every message once, in order, none lost. */
import { expect, test } from "bun:test";
import { pending, stored, TEST_MAX_MS, texts, until, usePage } from "./page-code-harness.ts";
import { EPOCH, ROOM } from "./page-code-server.ts";

const it = usePage();

test(
  "duplicated, overlapping and late frames change nothing",
  async () => {
    for (const text of ["a", "b", "c"]) it.server.append(text);
    await it.shows(["a", "b", "c"]);
    it.server.send(it.server.runFrame(it.server.entries));
    it.server.beSilent(true);
    it.server.append("d");
    it.server.send(it.server.runFrame(it.server.entries.slice(1)));
    it.server.send(it.server.runFrame(it.server.entries.slice(2)));
    await it.shows(["a", "b", "c", "d"]);
    expect(it.server.connections.length).toBe(1);
  },
  TEST_MAX_MS,
);

test(
  "a hole is refused and filled by resuming right after what was shown",
  async () => {
    it.server.append("a");
    await it.shows(["a"]);
    it.server.beSilent(true);
    for (const text of ["b", "c", "d"]) it.server.append(text);
    it.server.beSilent(false);
    it.server.send(it.server.runFrame(it.server.entries.slice(2)));
    await it.shows(["a", "b", "c", "d"]);
    expect(it.server.connections.at(-1)).toContain("after=1");
    expect(it.server.connections.length).toBe(2);
  },
  TEST_MAX_MS,
);

test(
  "frames out of order end up in order",
  async () => {
    it.server.beSilent(true);
    const [a, b, c] = ["a", "b", "c"].map((text) => it.server.append(text));
    if (!a || !b || !c) throw new Error("unreachable");
    it.server.beSilent(false);
    for (const entry of [c, b, a]) it.server.send(it.server.runFrame([entry]));
    await it.shows(["a", "b", "c"]);
  },
  TEST_MAX_MS,
);

test(
  "a wrong caught-up is not believed",
  async () => {
    it.server.beSilent(true);
    it.server.append("a");
    it.server.beSilent(false);
    it.server.send({ caughtUp: { room: ROOM, epoch: EPOCH, offset: 1 } });
    await it.shows(["a"]);
  },
  TEST_MAX_MS,
);

test(
  "a connection lost between send and acknowledgement loses and doubles nothing",
  async () => {
    it.server.answerWith(() => {
      it.server.answerWith(() => "ack");
      it.server.cut();
      return "lose";
    });
    await it.write("once");
    await it.shows(["once"]);
    expect(it.server.posts.map(({ id }) => id)).toEqual([it.server.posts[0]?.id ?? "", it.server.posts[0]?.id ?? ""]);
    await until(async () => (await stored(it.page)) === 0);
  },
  TEST_MAX_MS,
);

test(
  "a lost acknowledgement is made up for by the entry itself",
  async () => {
    it.server.answerWith(() => "store-only");
    await it.write("one");
    await it.write("two");
    await it.shows(["one", "two"]);
    await until(async () => (await stored(it.page)) === 0);
    expect(it.server.posts.length).toBe(2);
  },
  TEST_MAX_MS,
);

test(
  "a refusal says why and offers to try again, edit and discard",
  async () => {
    it.server.answerWith(() => ({ code: "forbidden", sentence: "You may not write here." }));
    await it.write("no");
    await it.page.waitForSelector("#pending [data-state=refused]");
    expect(await it.page.textContent("#pending .state")).toContain("You may not write here.");
    await it.page.reload();
    await it.page.waitForSelector("#pending [data-state=refused]");
    await it.page.click("#pending button:text('Edit')");
    await until(async () => (await it.page.inputValue("#text")) === "no");
    expect(await stored(it.page)).toBe(0);
    await it.page.press("#text", "Enter");
    await it.page.waitForSelector("#pending [data-state=refused]");
    it.server.answerWith(() => "ack");
    await it.page.click("#pending button:text('Try again')");
    await it.shows(["no"]);
  },
  TEST_MAX_MS,
);

test(
  "a busy server is asked again, in order",
  async () => {
    let times = 0;
    it.server.answerWith(() =>
      ++times < 3 ? { code: times < 2 ? "rate-limited" : "unavailable", sentence: "Busy.", retryAfterMs: 50 } : "ack",
    );
    await it.write("one");
    await it.write("two");
    await it.shows(["one", "two"]);
    expect(it.server.posts.map(({ text }) => text)).toEqual(["one", "one", "one", "two"]);
  },
  TEST_MAX_MS,
);

test(
  "a restart of the server is ridden out, what was missed arrives once",
  async () => {
    it.server.append("before");
    await it.shows(["before"]);
    it.server.refuseConnections(true);
    it.server.closeAll(1012);
    await it.page.waitForFunction(() => document.getElementById("status")?.textContent === "Reconnecting…");
    it.server.append("during");
    await it.write("mine");
    await until(
      async () =>
        (await pending(it.page)).includes("waiting mine") || (await pending(it.page)).includes("sending mine"),
    );
    it.server.refuseConnections(false);
    await it.shows(["before", "during", "mine"]);
    expect(await it.page.textContent("#status")).toBe("");
  },
  TEST_MAX_MS,
);

test(
  "a close the extension takes as final is not final for the page",
  async () => {
    it.server.closeAll(1009);
    await until(() => it.server.connected() === 1);
    it.server.append("later");
    await it.shows(["later"]);
  },
  TEST_MAX_MS,
);

test(
  "a reset reads the room again, then goes on live",
  async () => {
    for (const text of ["a", "b"]) it.server.append(text);
    await it.shows(["a", "b"]);
    it.server.entries.length = 0;
    it.server.renewEpoch("e2");
    it.server.beSilent(true);
    for (const text of ["x", "y", "z"]) it.server.append(text);
    it.server.beSilent(false);
    it.server.closeAll(1012);
    await until(async () => (await texts(it.page))[0] === "x");
    it.server.append("after");
    await it.shows(["x", "y", "z", "after"]);
  },
  TEST_MAX_MS,
);

test(
  "what is written offline is kept over a reload and sent in order with the connection",
  async () => {
    it.server.refuseConnections(true);
    it.server.closeAll(1012);
    await until(() => it.server.connected() === 0);
    for (const text of ["one", "two", "three"]) await it.write(text);
    await until(async () => (await stored(it.page)) === 3);
    await it.page.reload();
    await until(async () => (await pending(it.page)).length === 3);
    it.server.refuseConnections(false);
    await it.shows(["one", "two", "three"]);
    expect(it.server.posts.every(({ resend }) => resend)).toBe(true);
    expect(await stored(it.page)).toBe(0);
  },
  TEST_MAX_MS,
);
