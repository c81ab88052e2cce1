/** Reading far from the newest message: on from a permalink, both ways, back by the browser, and through what makes a page read anew. */
import { expect, test } from "bun:test";
import { TEST_MAX_MS, texts, until, usePage } from "./page-code-harness.ts";
import { ROOM } from "./page-code-server.ts";

/** views/browser/list-ends.ts: what the list is cut back to, and how much longer it may be. */
const LIST_MAX = 600;
const PAGE_SIZE = 50;

const it = usePage();

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, each) => `m${from + each}`);

/** A room with m1, m2, …, opened at this address. */
async function openAt(query: string, count: number): Promise<void> {
  it.server.beSilent(true);
  for (let each = 1; each <= count; each++) it.server.append(`m${each}`);
  it.server.beSilent(false);
  await go(query);
}

async function go(query: string): Promise<void> {
  const before = it.server.connections.length;
  await it.page.goto(it.server.url + query);
  await until(() => it.server.connections.length > before && it.server.connected() === 1);
}

const lines = () => it.page.$$eval("#log > .message", (all) => all.length);
const scrollTo = (top: number) => it.page.$eval("#scroller", (element, to) => element.scrollTo(0, to), top);
const toBottom = () => it.page.$eval("#scroller", (element) => element.scrollTo(0, element.scrollHeight));
const fromEnd = () =>
  it.page.$eval("#scroller", (element) => element.scrollHeight - element.scrollTop - element.clientHeight);
/** Where an entry is in what is seen. */
const topOf = (id: string) =>
  it.page.$eval(`#${id}`, (element) =>
    Math.round(
      element.getBoundingClientRect().top - (element.parentElement?.parentElement?.getBoundingClientRect().top ?? 0),
    ),
  );

/** Scrolls down page by page until the newest message is there. @returns the longest list on the way */
async function readOn(): Promise<number> {
  let longest = 0;
  await until(async () => {
    longest = Math.max(longest, await lines());
    await toBottom();
    return (await it.page.$("#newer")) === null;
  });
  return longest;
}

const inOrder = (shown: readonly string[]) => {
  const first = Number(shown[0]?.slice(1));
  expect(shown).toEqual(numbers(first, first + shown.length - 1));
};

test(
  "from a permalink one reads on to the newest message, where the page goes on live: no hole, nothing twice",
  async () => {
    await openAt("?at=60#m-60", 180);
    expect(await texts(it.page)).toEqual(numbers(35, 84));
    expect(await it.page.isVisible("#jump")).toBe(true);
    it.server.append("m181");
    await readOn();
    it.server.append("m182");
    await it.shows(numbers(35, 182));
    await until(async () => {
      await toBottom();
      return (await fromEnd()) < 2 && !(await it.page.isVisible("#jump"));
    });
    it.server.append("m183");
    await until(async () => (await texts(it.page)).at(-1) === "m183" && (await fromEnd()) < 2);
  },
  TEST_MAX_MS,
);

test(
  "a page loaded at an end doesn't move the reader, whichever end, and the list stays short",
  async () => {
    await openAt("?at=400#m-400", 1_500);
    await scrollTo(0);
    await until(async () => (await lines()) > PAGE_SIZE);
    for (const id of ["older", "newer"]) {
      const seen = await it.page.evaluate(() => {
        const top = document.getElementById("scroller")?.getBoundingClientRect().top ?? 0;
        return [...document.querySelectorAll("#log > .message")].find((one) => one.getBoundingClientRect().top >= top)
          ?.id;
      });
      const [before, length] = [await topOf(seen ?? ""), await lines()];
      await it.page.$eval(`#${id}`, (element) => (element as HTMLElement).click());
      await until(async () => (await lines()) > length);
      expect(Math.abs((await topOf(seen ?? "")) - before)).toBeLessThanOrEqual(1);
    }
    expect(await readOn()).toBeLessThan(LIST_MAX + PAGE_SIZE);
    const shown = await texts(it.page);
    expect(shown.at(-1)).toBe("m1500");
    inOrder(shown);
    // And all the way up again: what is cut off below is not appended to, it is read on the way down.
    await until(async () => {
      await scrollTo(0);
      it.server.append(`m${it.server.entries.length + 1}`);
      return (await texts(it.page))[0] === "m1";
    });
    const above = await texts(it.page);
    expect(above.length).toBeLessThan(LIST_MAX + PAGE_SIZE);
    expect(above.at(-1)).not.toBe(it.server.entries.at(-1)?.text);
    inOrder(above);
    await it.page.click("#jump");
    await until(async () => (await texts(it.page)).at(-1) === it.server.entries.at(-1)?.text && (await fromEnd()) < 2);
  },
  TEST_MAX_MS * 2,
);

/** Counts what the socket brings; then the page's own code hears it in the same tick. */
const listen = () =>
  it.page.evaluate(() => {
    Object.assign(window, { heard: 0 });
    document.addEventListener("htmx:ws:before:message:incoming", () => {
      (window as unknown as { heard: number }).heard++;
    });
  });
const heard = () => it.page.evaluate(() => (window as unknown as { heard: number }).heard);

test(
  "what is sent while the last page is on its way comes once, and so do changes, when the page knows more than the socket",
  async () => {
    await openAt("?at=20#m-20", 100);
    it.server.beSilent(true);
    const late = [it.server.append("x"), it.server.append("y")];
    await readOn();
    expect((await texts(it.page)).at(-1)).toBe("y");
    const { id = "", author = "" } = it.server.entries[29] ?? {};
    const changes = [{ id, author, html: '<div class="text">changed</div>', excerpt: "changed" }];
    it.server.send({ ...it.server.runFrame(late), changes });
    it.server.beSilent(false);
    it.server.append("last");
    await until(async () => (await texts(it.page)).at(-1) === "last");
    const shown = await texts(it.page);
    const all = it.server.entries.map(({ text }, each) => (each === 29 ? "changed" : text));
    expect(shown).toEqual(all.slice(-shown.length));
  },
  TEST_MAX_MS,
);

test(
  "what is sent while the last page is on its way is asked for again when the socket knew more than the page",
  async () => {
    await openAt("?at=20#m-20", 100);
    await listen();
    await it.page.route(/after=/, async (route) => {
      const response = await route.fetch();
      const before = await heard();
      it.server.append("z");
      await until(async () => (await heard()) > before);
      await route.fulfill({ response });
    });
    await readOn();
    await until(async () => (await texts(it.page)).at(-1) === "z");
    it.server.append("last");
    await until(async () => (await texts(it.page)).at(-1) === "last");
    const shown = await texts(it.page);
    expect(shown).toEqual(it.server.entries.map(({ text }) => text).slice(-shown.length));
  },
  TEST_MAX_MS,
);

test(
  "changes reach what is read far above, and what is loaded later",
  async () => {
    await openAt("?at=30#m-30", 150);
    const change = (offset: number, text: string) => {
      const { id = "", author = "" } = it.server.entries[offset - 1] ?? {};
      return { id, author, html: `<div class="text">${text}</div>`, excerpt: text };
    };
    const run = { room: ROOM, epoch: "e1", from: 151, to: 151 };
    it.server.send({ run, changes: [change(30, "here"), change(149, "later")] });
    await it.page.waitForFunction(() => document.querySelector("#m-30 .text")?.textContent === "here");
    await readOn();
    expect((await texts(it.page)).at(-2)).toBe("later");
  },
  TEST_MAX_MS,
);

test(
  "an address with after opens at its first message, and End leads to the newest",
  async () => {
    await openAt("?after=50", 300);
    expect(await topOf("m-51")).toBeGreaterThanOrEqual(0);
    expect(await topOf("m-51")).toBeLessThan(60);
    await it.page.focus("#scroller");
    await it.page.keyboard.press("End");
    await until(async () => (await texts(it.page)).at(-1) === "m300" && (await fromEnd()) < 2);
    // Near the end the newest page begins further up.
    await go("?after=280");
    expect((await texts(it.page))[0]).toBe("m251");
    expect(await topOf("m-281")).toBeGreaterThanOrEqual(0);
    expect(await topOf("m-281")).toBeLessThan(60);
  },
  TEST_MAX_MS,
);

test(
  "Back and a reload lead to the place that was left, also where the page's address does not have it",
  async () => {
    await openAt("?at=60#m-60", 300);
    await readOn();
    await it.page.$eval("#m-200", (element) => element.scrollIntoView({ block: "start" }));
    const before = await topOf("m-200");
    await it.page.waitForFunction(() => Math.abs((history.state?.place?.at ?? 0) - 200) < 3);
    const there = async () => (await it.page.$("#m-200")) !== null && Math.abs((await topOf("m-200")) - before) <= 2;
    await go("?at=20#m-20");
    await it.page.goBack();
    await until(there);
    await it.page.reload();
    await until(there);
    inOrder(await texts(it.page));
  },
  TEST_MAX_MS,
);

test(
  "a reset leaves the reader where they are, and an edit open: its text, its place, its focus",
  async () => {
    await openAt("?at=60#m-60", 300);
    await it.page.$eval("#m-60", (element) => element.scrollIntoView({ block: "center" }));
    const before = await topOf("m-60");
    it.server.renewEpoch("e2");
    it.server.send({ reset: { room: ROOM, epoch: "e2", offset: 300 } });
    await it.page.waitForFunction(() => document.getElementById("room")?.dataset.epoch === "e2");
    expect(Math.abs((await topOf("m-60")) - before)).toBeLessThanOrEqual(1);
    await go("");
    await edit("own");
    const field = it.page.locator(".edit textarea");
    const place = async () => Math.round((await field.boundingBox())?.y ?? 0);
    const at = await place();
    it.server.renewEpoch("e3");
    it.server.send({ reset: { room: ROOM, epoch: "e3", offset: 301 } });
    await it.page.waitForFunction(() => document.getElementById("room")?.dataset.epoch === "e3");
    expect(await field.inputValue()).toBe("half writ");
    expect(Math.abs((await place()) - at)).toBeLessThanOrEqual(1);
    await it.page.keyboard.type("ten");
    expect(await field.inputValue()).toBe("half written");
  },
  TEST_MAX_MS,
);

test(
  "an edit stays as it is while a thousand messages arrive",
  async () => {
    await openAt("", 120);
    await edit("own");
    const field = it.page.locator(".edit textarea");
    const at = (await field.boundingBox())?.y ?? 0;
    it.server.beSilent(true);
    for (let burst = 0; burst < 10; burst++) {
      const batch = Array.from({ length: 100 }, (_, each) => it.server.append(`n${burst * 100 + each}`));
      it.server.send(it.server.runFrame(batch));
    }
    it.server.beSilent(false);
    await until(async () => (await texts(it.page)).at(-1) === "n999");
    await it.page.keyboard.type("ten");
    expect(await field.inputValue()).toBe("half written");
    expect(Math.abs(((await field.boundingBox())?.y ?? 0) - at)).toBeLessThanOrEqual(1);
    expect(await it.page.textContent("#jump")).toBe("1000 new messages ↓");
    // Whoever leaves it for the newest message finds it when they come back.
    await it.page.click("#jump");
    await until(async () => (await fromEnd()) < 2);
    it.server.beSilent(true);
    const batch = Array.from({ length: 700 }, (_, each) => it.server.append(`o${each}`));
    it.server.send(it.server.runFrame(batch));
    it.server.beSilent(false);
    await until(async () => (await texts(it.page)).at(-1) === "o699");
    expect(await field.count()).toBe(0);
    await until(async () => {
      await scrollTo(0);
      return (await field.count()) === 1;
    });
    expect(await field.inputValue()).toBe("half written");
  },
  TEST_MAX_MS * 2,
);

/** Begins to edit an own message, the newest. */
async function edit(text: string): Promise<void> {
  await it.write(text);
  await until(async () => (await texts(it.page)).at(-1) === text);
  await it.page.press("#text", "ArrowUp");
  await it.page.locator(".edit textarea").fill("half writ");
}
