/** Reading and writing in the page: place kept, counts, marks, completion, days, floods. */
import { expect, test } from "bun:test";
import { TEST_MAX_MS, texts, until, usePage } from "./page-code-harness.ts";
import { ME, ROOM } from "./page-code-server.ts";

const it = usePage();

const scrolled = () =>
  it.page.$eval("#scroller", (element) => element.scrollHeight - element.scrollTop - element.clientHeight);
const badge = (room: string, kind = "unread") =>
  it.page.$eval(`#rooms [data-room=${room}] .badge.${kind}`, (element) =>
    element.hasAttribute("hidden") ? "" : element.textContent,
  );

async function fill(count: number): Promise<void> {
  for (let each = 1; each <= count; each++) it.server.append(`m${each}`);
  await it.page.reload();
  await until(() => it.server.connected() === 1);
}

test(
  "at the newest message the page follows; further up it stays and counts",
  async () => {
    await fill(30);
    expect(await scrolled()).toBeLessThan(2);
    it.server.append("m31");
    await until(async () => (await texts(it.page)).length === 31);
    await until(async () => (await scrolled()) < 2);
    await it.page.$eval("#scroller", (element) => element.scrollTo(0, 200));
    await it.page.waitForSelector("#jump:not([hidden])");
    it.server.append("m32");
    await it.page.waitForFunction(() => document.getElementById("jump")?.textContent === "1 new message ↓");
    expect(await it.page.$eval("#scroller", (element) => element.scrollTop)).toBe(200);
    await it.page.click("#jump");
    await until(async () => (await scrolled()) < 2);
    await it.page.waitForSelector("#jump", { state: "hidden" });
  },
  TEST_MAX_MS,
);

test(
  "older messages come in order without doubles and do not move the reader",
  async () => {
    await fill(180);
    await it.page.$eval("#scroller", (element) => element.scrollTo(0, 400));
    const place = () => it.page.$eval("#m-145", (element) => Math.round(element.getBoundingClientRect().top));
    const before = await place();
    await it.page.$eval("#older", (element) => (element as HTMLElement).click());
    await until(async () => (await texts(it.page)).length > 50);
    expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1);
    await until(async () => {
      await it.page.$eval("#scroller", (element) => element.scrollTo(0, 0));
      return (await it.page.$("#older")) === null;
    });
    await it.shows(Array.from({ length: 180 }, (_, each) => `m${each + 1}`));
  },
  TEST_MAX_MS,
);

test(
  "a flood keeps order, a short list and a free main thread",
  async () => {
    await it.page.evaluate(() => {
      const busy = { ms: 0 };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) busy.ms += entry.duration;
      }).observe({ type: "longtask" });
      Object.assign(window, { busy });
    });
    it.server.beSilent(true);
    for (let burst = 0; burst < 60; burst++) {
      const batch = Array.from({ length: 20 }, (_, each) => it.server.append(`m${burst * 20 + each + 1}`));
      it.server.send(it.server.runFrame(batch));
      await Bun.sleep(40);
    }
    await until(async () => (await texts(it.page)).at(-1) === "m1200");
    const shown = await texts(it.page);
    expect(shown.length).toBeLessThan(620);
    expect(shown).toEqual(Array.from({ length: shown.length }, (_, each) => `m${1200 - shown.length + each + 1}`));
    expect(await it.page.getAttribute("#older", "href")).toBe(`/rooms/lobby?before=${1201 - shown.length}`);
    expect(await scrolled()).toBeLessThan(2);
    const { ms } = await it.page.evaluate(() => (window as unknown as { busy: { ms: number } }).busy);
    console.info(`long tasks: ${ms} ms in a flood of 1,200 messages in about 2.5 s`);
    it.server.beSilent(false);
  },
  TEST_MAX_MS,
);

test(
  "a reader further up is left alone by a flood, and the newest are read on the way down",
  async () => {
    await fill(30);
    await it.page.$eval("#scroller", (element) => element.scrollTo(0, 300));
    await it.page.waitForSelector("#jump:not([hidden])");
    it.server.beSilent(true);
    for (let burst = 0; burst < 24; burst++) {
      const batch = Array.from({ length: 100 }, (_, each) => it.server.append(`m${31 + burst * 100 + each}`));
      it.server.send(it.server.runFrame(batch));
    }
    it.server.beSilent(false);
    await until(async () => (await texts(it.page)).length > 1_900);
    expect((await texts(it.page)).length).toBeLessThan(2_110);
    expect(await it.page.$eval("#scroller", (element) => element.scrollTop)).toBe(300);
    await it.page.click("#jump");
    await until(async () => (await texts(it.page)).at(-1) === "m2430");
    it.server.append("live");
    await until(async () => (await texts(it.page)).at(-1) === "live");
    const shown = await texts(it.page);
    expect(shown.slice(0, -1)).toEqual(shown.slice(0, -1).map((_, each) => `m${2432 - shown.length + each}`));
    await until(async () => (await scrolled()) < 2);
  },
  TEST_MAX_MS,
);

test(
  "unread counts are live, each message once, and the title says them",
  async () => {
    const activity = (from: number, to: number, mentions: string[] = []) => ({
      room: "r-other",
      from,
      to,
      messages: Array.from({ length: to - from + 1 }, (_, each) => [from + each, "u-ana", mentions]),
    });
    it.server.send({ unread: [{ room: "r-other", readOffset: 5, unread: 2, mentions: 0 }] });
    it.server.send({ activity: activity(6, 8, [ME]) });
    it.server.send({ activity: activity(8, 8, [ME]) });
    await until(async () => (await badge("r-other")) === "3");
    expect(await badge("r-other", "mention")).toBe("1");
    expect(await it.page.title()).toBe("(3) lobby");
    it.server.send({ unread: [{ room: "r-other", readOffset: 8, unread: 0, mentions: 0 }] });
    await until(async () => (await badge("r-other")) === "");
    expect(await it.page.title()).toBe("lobby");
  },
  TEST_MAX_MS,
);

test(
  "what is seen is marked read; what is not seen is not",
  async () => {
    await it.page.bringToFront();
    it.server.append("seen");
    it.server.send({ activity: { room: ROOM, from: 1, to: 1, messages: [[1, "u-ana", []]] } });
    await until(() => it.server.frames.some(({ read }) => JSON.stringify(read) === `{"room":"${ROOM}","offset":1}`));
    expect(await badge(ROOM)).toBe("");
  },
  TEST_MAX_MS,
);

test(
  "names and emoji are completed by keyboard",
  async () => {
    await it.page.type("#text", "hi @an");
    await it.page.waitForSelector("#suggestions:not([hidden]) [role=option][aria-selected=true]");
    expect(await it.page.getAttribute("#text", "aria-activedescendant")).toBe("suggestion-0");
    await it.page.press("#text", "Enter");
    expect(await it.page.inputValue("#text")).toBe("hi @ana ");
    await it.page.type("#text", ":tad");
    await it.page.waitForSelector("#suggestions:not([hidden])");
    await it.page.press("#text", "Tab");
    expect(await it.page.inputValue("#text")).toBe("hi @ana 🎉 ");
    await it.page.type("#text", "@a");
    await it.page.waitForSelector("#suggestions:not([hidden])");
    await it.page.press("#text", "Escape");
    expect(await it.page.isHidden("#suggestions")).toBe(true);
    expect(it.server.posts.length).toBe(0);
  },
  TEST_MAX_MS,
);

test(
  "a draft outlives a reload, Shift+Enter is a new line, composition is not sent",
  async () => {
    await it.page.type("#text", "first");
    await it.page.press("#text", "Shift+Enter");
    await it.page.type("#text", "second");
    await it.page.$eval("#text", (element) =>
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true })),
    );
    await it.page.reload();
    expect(await it.page.inputValue("#text")).toBe("first\nsecond");
    expect(it.server.posts.length).toBe(0);
    expect(it.server.frames.filter(({ typing }) => typing).length).toBe(1);
    await until(() => it.server.connected() === 1);
    await it.page.press("#text", "Enter");
    await it.shows(["first\nsecond"]);
    await it.page.reload();
    expect(await it.page.inputValue("#text")).toBe("");
  },
  TEST_MAX_MS,
);

test(
  "typing, presence, days, announcements and own marks",
  async () => {
    it.server.send({ typing: { room: ROOM, user: { id: "u-ana", name: "Ana" } } });
    await it.page.waitForFunction(() => document.getElementById("typing")?.textContent === "Ana is typing…");
    it.server.send({ presence: { user: "u-ana", online: true } });
    await it.page.waitForSelector('[data-user="u-ana"][data-online=true]');
    it.server.append("hello there");
    await it.page.waitForFunction(() => document.getElementById("announcer")?.textContent === "ana: hello there");
    expect(await it.page.textContent("#typing")).toBe("");
    expect(await it.page.textContent("#log > .day:first-child")).toBe("Today");
    await it.write("own");
    await it.shows(["hello there", "own"]);
    expect(await it.page.$$eval(".mine", (found) => found.length)).toBe(1);
    expect(await it.page.$$eval(".day", (found) => found.length)).toBe(1);
  },
  TEST_MAX_MS,
);
