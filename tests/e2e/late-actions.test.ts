/** The code of actions comes when somebody is about to act: what they did before it came is done, and nothing is lost when it does not come. */
import { expect, test } from "bun:test";
import type { Page, Route } from "playwright-core";
import { TEST_MAX_MS, until, usePage } from "./page-code-harness.ts";

const it = usePage();
const CODE = /\/actions\.js/;
const NOT_LOADED = "The menu of messages could not be loaded. Try again, or go to a message's own page by its time.";

/** Keeps what is asked for until the test lets it go. */
async function hold(page: Page) {
  const asked: Route[] = [];
  await page.route(CODE, (route) => void asked.push(route));
  return {
    asked,
    async letGo() {
      for (const route of asked) await route.continue();
      await page.unroute(CODE);
    },
  };
}

const status = () => it.page.locator("#status").textContent();
const edit = () => it.page.locator("#log .edit textarea");

test(
  "a page that is only read asks for none of it",
  async () => {
    const code = await hold(it.page);
    it.server.append("a");
    await it.shows(["a"]);
    expect(code.asked).toEqual([]);
  },
  TEST_MAX_MS,
);

test(
  "on a slow line messages are sent without it, and the key that was pressed first is not lost",
  async () => {
    const code = await hold(it.page);
    await it.write("mine");
    await it.shows(["mine"]);
    await until(() => code.asked.length === 1);
    await it.page.press("#text", "ArrowUp");
    expect(await edit().count()).toBe(0);
    await code.letGo();
    await edit().waitFor();
    expect(code.asked.length).toBe(1);
  },
  TEST_MAX_MS,
);

test(
  "nor is R on a message, a name that is begun, or where the pointer and the focus are",
  async () => {
    it.server.append("a");
    await it.shows(["a"]);
    await it.page.$eval(".message .text", (text) => text.setAttribute("tabindex", "0"));
    const replying = it.page.locator("#replying");
    const held = await hold(it.page);
    await it.page.focus(".message .text");
    await it.page.keyboard.press("r");
    await until(() => held.asked.length === 1);
    await held.letGo();
    await replying.waitFor();

    await it.page.reload();
    const again = await hold(it.page);
    await it.page.focus("#text");
    await it.page.keyboard.type("@a");
    await until(() => again.asked.length === 1);
    await again.letGo();
    await it.page.locator("#suggestions [role=option]").waitFor();

    await it.page.reload();
    const pointed = await hold(it.page);
    await it.page.hover(".message");
    await until(() => pointed.asked.length === 1);
    await pointed.letGo();
    await it.page.locator(".message #message-menu").waitFor();
  },
  TEST_MAX_MS,
);

test(
  "a tap on a phone opens the menu once its code is there",
  async () => {
    it.server.append("a");
    const phone = await it.context.browser()?.newContext({ viewport: { width: 390, height: 700 }, hasTouch: true });
    const page = await phone?.newPage();
    if (!phone || !page) throw new Error("There is no phone.");
    await page.goto(it.server.url);
    await page.locator(".message").waitFor();
    const held = await hold(page);
    await page.tap(".message .text");
    await until(() => held.asked.length === 1);
    await held.letGo();
    await page.locator("#message-menu.sheet").waitFor();
    await phone.close();
  },
  TEST_MAX_MS,
);

test(
  "who goes on writing meanwhile is not interrupted by what was asked before",
  async () => {
    await it.write("mine");
    await it.shows(["mine"]);
    await it.page.reload();
    await it.page.locator(".message").waitFor();
    const held = await hold(it.page);
    await it.page.press("#text", "ArrowUp");
    await it.page.keyboard.type("@a");
    await until(() => held.asked.length === 1);
    await held.letGo();
    await it.page.locator("#suggestions [role=option]").waitFor();
    expect(await edit().count()).toBe(0);
    expect(await it.page.inputValue("#text")).toBe("@a");
  },
  TEST_MAX_MS,
);

test(
  "what fails once is asked for again under another address",
  async () => {
    await it.write("mine");
    await it.shows(["mine"]);
    await it.page.reload();
    const asked: string[] = [];
    await it.page.route(CODE, async (route) => {
      asked.push(new URL(route.request().url()).search);
      await (asked.length === 1 ? route.abort() : route.continue());
    });
    await it.page.press("#text", "ArrowUp");
    await edit().waitFor();
    expect(asked).toEqual(["", "?1"]);
    expect(await status()).toBe("");
  },
  TEST_MAX_MS,
);

test.each(["offline", "gone after an update"])(
  "%s: a sentence says that it did not come, and it can be tried again",
  async (why) => {
    await it.write("mine");
    await it.shows(["mine"]);
    await it.page.reload();
    await it.page.locator(".message").waitFor();
    let asked = 0;
    await it.page.route(CODE, async (route) => {
      asked++;
      await (why === "offline" ? route.abort("internetdisconnected") : route.fulfill({ status: 404 }));
    });
    await it.page.press("#text", "ArrowUp");
    await until(async () => (await status()) === NOT_LOADED);
    expect(asked).toBe(2);
    // Writing does not ask at every key.
    await it.page.keyboard.type("hello");
    await it.page.keyboard.press("Enter");
    await it.shows(["mine", "hello"]);
    expect(asked).toBe(2);
    await it.page.unroute(CODE);
    await it.page.press("#text", "ArrowUp");
    await edit().waitFor();
    expect(await status()).toBe("");
  },
  TEST_MAX_MS,
);
