/** Menus, headings and buttons where people look for them: on a phone, by keyboard, and beside one another. */
import { expect, test } from "bun:test";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { signUpInBrowser } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";

const testMs = 60_000;
const browser = useBrowser();
const server = useStandalone({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });

test(
  "the menu of the account closes by Escape, which leads back to its button, and by a click elsewhere",
  async () => {
    const { page } = await signUpInBrowser(browser, server.url);
    const menu = page.locator("#sidebar .me");
    const isOpen = async () => (await menu.getAttribute("open")) !== null;
    await menu.locator("summary").click();
    expect(await isOpen()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await isOpen()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("SUMMARY");
    await page.keyboard.press("Enter");
    expect(await isOpen()).toBe(true);
    await page.locator("#scroller").click();
    expect(await isOpen()).toBe(false);
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("text");
  },
  testMs,
);

test(
  "on a phone a page begins without the focus on the menu's button, with the room's topic and whole titles",
  async () => {
    const { page } = await signUpInBrowser(browser, server.url);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of ["/rooms/lobby", "/rooms", "/people", "/rooms/lobby/people"]) {
      await page.goto(server.url + path);
      await page.waitForFunction(() => document.readyState === "complete");
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("href"));
      expect([path, focused]).toEqual([path, null]);
      const cut = await page.$eval(".bar h1", (title) => title.scrollWidth - title.clientWidth);
      expect([path, cut]).toEqual([path, 0]);
    }
    await page.goto(`${server.url}/rooms/lobby`);
    expect(await page.isVisible(".bar .topic")).toBe(true);
    // By the menu's own ways the focus still goes along.
    await page.locator("a[href='#sidebar']").press("Enter");
    await page.waitForFunction(() => document.activeElement?.classList.contains("close"));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.getAttribute("href") === "#sidebar");
  },
  testMs,
);

test(
  "a request is answered by two buttons as high as each other, and its sender sees live that it is accepted",
  async () => {
    const [ana, bob] = [await signUpInBrowser(browser, server.url), await signUpInBrowser(browser, server.url)];
    await ana.page.goto(`${server.url}/people?q=@${bob.name}`);
    await ana.page.getByRole("button", { name: `Message ${bob.name}` }).click();
    await ana.page.waitForSelector(".request-hint");
    expect(await ana.page.isVisible("#log .note")).toBe(false);
    expect(await ana.page.isVisible("#beginning .begin")).toBe(true);
    await ana.page.fill("#text", "hello");
    await ana.page.keyboard.press("Enter");
    // Nobody reloads.
    await bob.page.click('#rooms a[href="/requests#messages"]');
    const heights = async () =>
      await bob.page.$$eval(".answers button", (all) => all.map((each) => each.getBoundingClientRect().height));
    expect(new Set(await heights()).size).toBe(1);
    expect(await ana.page.isVisible("#beginning .begin")).toBe(false);
    await bob.page.getByRole("link", { name: ana.name }).click();
    await bob.page.waitForSelector(".join-bar");
    expect(new Set(await heights()).size).toBe(1);
    await bob.page.getByRole("button", { name: "Accept" }).click();
    await bob.page.waitForSelector("#composer");
    await ana.page.waitForSelector(".request-hint", { state: "detached" });
  },
  testMs,
);

test(
  "a name is found as the interface writes it, and a completion offers oneself last",
  async () => {
    const { page, name } = await signUpInBrowser(browser, server.url);
    const other = await signUpPerson(server.url, `${name}x`);
    await page.goto(`${server.url}/people?q=${encodeURIComponent(`@${other.name}`)}`);
    expect(await page.locator("#results .person").count()).toBe(1);
    await page.goto(`${server.url}/rooms?q=${encodeURIComponent("#lobby")}`);
    expect(await page.locator("#results .directory li").count()).toBe(1);
    await page.goto(`${server.url}/rooms`);
    await page.click(".create summary");
    await page.fill("#room-name", freshName("club"));
    await page.getByRole("button", { name: "Create the room" }).click();
    await page.waitForSelector("#composer");
    await page.goto(`${page.url()}/people`);
    await page.fill("#invite", `@${other.name}`);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.waitForSelector(".notice");
    await page.goto(`${server.url}/rooms/lobby`);
    await page.locator("#text").pressSequentially(`@${name}`);
    await page.waitForSelector("#suggestions [role=option]");
    const offered = await page.locator("#suggestions .name").allInnerTexts();
    expect([offered.length > 1, offered.at(-1)]).toEqual([true, name]);
  },
  testMs,
);
