/** What opens in the page is within sight, leads back by Back and Escape, and links lead to where they say: in a real browser on a real server. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { type ApiPerson, freshName, signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { joinInBrowser, signUpInBrowser } from "../support/chat-page.ts";
import { pagePassword } from "../support/page-person.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;
const seeWithinMs = 10_000;
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const browser = useBrowser();
const server = useStandalone();
const tall = Array.from({ length: 120 }, (_, n) => `line ${n}`).join("\n");

async function roomWith(...messages: readonly string[]): Promise<{ owner: ApiPerson; slug: string }> {
  const owner = await signUpPerson(server.url);
  const { slug } = await owner.createRoom(freshName("sight"));
  for (const text of messages) await owner.post(slug, text);
  return { owner, slug };
}

/** The whole of it is seen, and nothing is over it. */
async function inSight(page: Page, selector: string): Promise<boolean> {
  return await page.$eval(selector, (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const within = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return within && bottom > top && element.contains(document.elementFromPoint(x, y));
  });
}

const seen = (page: Page, selector: string) =>
  until(() => inSight(page, selector), { what: `${selector} in sight`, deadlineMs: seeWithinMs });

for (const at of ["its beginning", "its middle", "its end"] as const) {
  test(
    `the menu of a message of 120 lines is within sight at ${at}, with all emoji too, and follows as one scrolls`,
    async () => {
      const { slug } = await roomWith("before", tall, "after");
      const { page, problems } = await signUpInBrowser(browser, server.url);
      await joinInBrowser(page, server.url, slug);
      const block: ScrollLogicalPosition = at === "its beginning" ? "start" : at === "its end" ? "end" : "center";
      await page
        .locator(".message", { hasText: "line 7" })
        .evaluate((entry, to) => entry.scrollIntoView({ block: to }), block);
      const box = await page.locator("#scroller").boundingBox();
      await page.mouse.move(0, 0);
      await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + (box?.height ?? 0) / 2);
      await seen(page, "#message-menu");
      await page.getByRole("button", { name: "More emoji" }).click();
      await seen(page, "#message-menu");
      await page.locator("#scroller").evaluate((scroller) => scroller.scrollBy(0, -100));
      await seen(page, "#message-menu");
      await page.keyboard.press("Escape");
      expect(problems).toEqual([]);
    },
    testMs,
  );
}

test(
  "by keyboard the menu of a tall message opens where it is seen, and Escape leads back to the message",
  async () => {
    const { slug } = await roomWith("before", tall);
    const { page } = await signUpInBrowser(browser, server.url);
    await joinInBrowser(page, server.url, slug);
    await page.locator(".message", { hasText: "line 7" }).locator(".at").focus();
    await seen(page, "#message-menu");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Reply");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("at");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("text");
    expect(await page.locator("#message-menu").count()).toBe(0);
  },
  testMs,
);

test(
  "on a phone the menu is a sheet at the bottom; a tap beside it closes it and does nothing else",
  async () => {
    const { slug } = await roomWith("before", tall, "see [the lobby](/rooms/lobby)");
    const { page, problems } = await signUpInBrowser(browser, server.url, phone);
    await joinInBrowser(page, server.url, slug);
    const entry = page.locator(".message", { hasText: "line 7" });
    await entry.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await page.touchscreen.tap(150, 400);
    await seen(page, "#message-menu");
    const atBottom = async () => {
      const box = await page.locator("#message-menu").boundingBox();
      return box?.x === 0 && box.width === 390 && box.y + box.height === 844;
    };
    await until(atBottom, { what: "the sheet at the bottom", deadlineMs: seeWithinMs });
    expect(await page.evaluate(() => document.activeElement?.closest("#message-menu") !== null)).toBe(true);
    await page.getByRole("button", { name: "More emoji" }).tap();
    await seen(page, "#message-menu");
    await page.locator("#scroller").evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const link = await page.locator(".text a").boundingBox();
    await page.locator("#message-menu").evaluate((menu) => menu.querySelector(".all")?.replaceChildren());
    await page.mouse.click((link?.x ?? 0) + 5, Math.min((link?.y ?? 0) + 5, 500));
    await until(async () => (await page.locator("#message-menu").count()) === 0, { what: "the sheet to close" });
    expect(page.url()).toContain(slug);
    await page.touchscreen.tap(150, 300);
    await seen(page, "#message-menu");
    await page.keyboard.press("Escape");
    expect(await page.locator("#message-menu").count()).toBe(0);
    expect(problems).toEqual([]);
  },
  testMs,
);

test(
  "a message's link is copied, by the clipboard or without it, and leads whoever signs in with it to the message",
  async () => {
    const { slug, owner } = await roomWith(...Array.from({ length: 90 }, (_, n) => `text ${n} end`));
    const { page, context, name } = await signUpInBrowser(browser, server.url);
    await joinInBrowser(page, server.url, slug);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied: string[] = [];
    for (const withClipboard of [true, false]) {
      if (!withClipboard)
        await page.evaluate(() =>
          Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject() }),
        );
      await page.evaluate(() => navigator.clipboard.write([new ClipboardItem({ "text/plain": "nothing" })]));
      const entry = page.locator(".message", { hasText: withClipboard ? "text 60 end" : "text 70 end" });
      await entry.hover();
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
      await page.waitForFunction(() => document.getElementById("announcer")?.textContent === "Link copied.");
      copied.push(await page.evaluate(() => navigator.clipboard.readText()));
      expect(copied.at(-1)).toBe(await entry.locator(".at").evaluate((link) => (link as HTMLAnchorElement).href));
      await page.mouse.move(0, 0);
      await page.locator("#text").focus();
    }
    expect(copied[0]).toMatch(new RegExp(`^${server.url}/rooms/${slug}\\?at=\\d+#m-\\d+$`));
    for (const javaScriptEnabled of [true, false]) {
      // What a server is told of an address ends before the #.
      const other = await browser.newPerson({ javaScriptEnabled });
      await other.page.goto((copied[0] ?? "").replace(/#.*/, ""));
      await other.page.fill("input[name=name]", name);
      await other.page.fill("input[name=password]", pagePassword);
      await other.page.click("form[action='/sign-in'] button");
      await other.page.waitForURL("**/rooms/**");
      await seen(other.page, `#${new URL(copied[0] ?? "").hash.slice(1)} .text`);
      expect(await other.page.locator(".focused").innerText()).toContain("text 60 end");
    }
    expect(owner.name).not.toBe(name);
  },
  testMs * 2,
);

test(
  "the way to newer messages is not under anything, with scripts and without",
  async () => {
    const { slug } = await roomWith(...Array.from({ length: 130 }, (_, n) => `text ${n}`));
    const { page, context } = await signUpInBrowser(browser, server.url);
    await joinInBrowser(page, server.url, slug);
    const state = await context.storageState();
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const plain = await browser.newPerson({ storageState: state, javaScriptEnabled: false, viewport });
      await plain.page.goto(`${server.url}/rooms/${slug}?at=30`);
      await seen(plain.page, "#m-30");
      await plain.page.goto(`${server.url}/rooms/${slug}?after=40`);
      await seen(plain.page, "#m-41 .text");
      await plain.page.locator("#newer").scrollIntoViewIfNeeded();
      await plain.page.mouse.move(viewport.width / 2, viewport.height / 2);
      await plain.page.mouse.wheel(0, 20_000);
      await seen(plain.page, "#newer");
      await plain.page.click("#newer");
      await plain.page.waitForURL("**/*after=90");
      await seen(plain.page, "#m-91 .text");
      await plain.page.goBack();
      await plain.page.click("#jump");
      await seen(plain.page, "#log > :last-child");
    }
  },
  testMs,
);

test(
  "on a phone the list of rooms opens, closes and stays closed, however one goes back",
  async () => {
    const { page, problems } = await signUpInBrowser(browser, server.url, phone);
    const { slug } = await roomWith("hello");
    await joinInBrowser(page, server.url, slug);
    await page.goto(`${server.url}/rooms`);
    await page.goto(`${server.url}/rooms/${slug}`);
    const isOpen = () => page.locator("#sidebar").evaluate((list) => getComputedStyle(list).visibility === "visible");
    const shows = (open: boolean) =>
      until(async () => (await isOpen()) === open, { what: `the list ${open ? "open" : "closed"}` });
    await page.locator(".bar .menu").tap();
    await shows(true);
    await until(() => page.evaluate(() => document.activeElement?.classList.contains("close") === true), {
      what: "the focus",
    });
    expect(await page.locator("#main").getAttribute("inert")).toBe("");
    await page.goBack();
    await shows(false);
    expect(page.url()).toBe(`${server.url}/rooms/${slug}`);
    for (const close of ["tap", "Escape"]) {
      await page.locator(".bar .menu").tap();
      await shows(true);
      if (close === "tap") await page.locator("#sidebar .close").tap();
      else await page.keyboard.press("Escape");
      await shows(false);
      await until(() => page.evaluate(() => document.activeElement?.classList.contains("menu") === true), {
        what: "the focus",
      });
      expect(await page.locator("#main").getAttribute("inert")).toBeNull();
    }
    await page.locator(".bar .menu").tap();
    await shows(true);
    await page.locator('#sidebar a[href="/rooms/lobby"]').tap();
    await page.waitForURL("**/rooms/lobby");
    await page.goBack();
    await page.waitForURL(`**/rooms/${slug}`);
    await shows(false);
    await page.goBack();
    await page.waitForURL("**/rooms");
    await page.goto(`${server.url}/rooms/${slug}#sidebar`);
    await shows(true);
    await page.locator("#sidebar .close").tap();
    await shows(false);
    expect(problems).toEqual([]);
  },
  testMs,
);

test(
  "the slash leads to the search field on every page that has one, and to that of the rooms from the others; not while writing",
  async () => {
    const { page } = await signUpInBrowser(browser, server.url);
    const focused = () => page.evaluate(() => document.activeElement?.id);
    for (const path of ["/rooms", "/people"]) {
      await page.goto(`${server.url}${path}`);
      await page.keyboard.press("/");
      expect([path, await focused()]).toEqual([path, "q"]);
      expect(await page.inputValue("#q")).toBe("");
    }
    for (const path of ["/rooms/lobby", "/rooms/lobby/people", "/sessions", "/nowhere"]) {
      await page.goto(`${server.url}${path}`);
      await page.locator("#main").focus();
      await page.keyboard.press("/");
      await page.waitForURL("**/rooms#q");
      await until(async () => (await focused()) === "q", { what: "the field" });
    }
    await page.goto(`${server.url}/rooms/lobby`);
    await page.locator("#text").press("/");
    expect(await page.inputValue("#text")).toBe("/");
  },
  testMs,
);

test(
  "links to this place open in the same tab, others in one of their own",
  async () => {
    const { slug } = await roomWith(
      `[a path](/rooms/lobby) ${server.url}/rooms/lobby?at=1 [far](https://far.example/)`,
    );
    const { page, context } = await signUpInBrowser(browser, server.url);
    await joinInBrowser(page, server.url, slug);
    const links = page.locator(".text a");
    await links.nth(0).click();
    await page.waitForURL("**/rooms/lobby");
    await page.goBack();
    await links.nth(1).click();
    await page.waitForURL("**/rooms/lobby?at=1");
    expect(context.pages()).toHaveLength(1);
    await page.goBack();
    await context.route("https://far.example/", (route) => route.fulfill({ body: "far" }));
    const [opened] = await Promise.all([context.waitForEvent("page"), links.nth(2).click()]);
    await opened.waitForURL("https://far.example/");
    expect(await opened.evaluate(() => window.opener)).toBeNull();
    expect(page.url()).toContain(slug);
  },
  testMs,
);

test(
  "what completes a word is within sight above the keyboard of a phone",
  async () => {
    const { page } = await signUpInBrowser(browser, server.url, { ...phone, viewport: { width: 390, height: 320 } });
    await page.locator("#text").fill("several\nlines\nof text ");
    await page.locator("#text").pressSequentially(":sm");
    await page.waitForSelector("#suggestions:not([hidden])");
    await seen(page, "#suggestions");
    await page.locator("#text").press("ArrowUp");
    await seen(page, "#suggestions [aria-selected=true]");
  },
  testMs,
);
