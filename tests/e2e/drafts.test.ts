/** What a browser keeps of somebody: drafts shared by tabs, and nothing of it after signing out. */
import { expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { joinInBrowser, say, sees, shown, signInInBrowser, signUpInBrowser, together } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;

const browser = useBrowser();
const server = useStandalone();

async function personWithTabs() {
  const ana = await signUpInBrowser(browser, server.url);
  const slug = await together(server.url, ana);
  const open = async () => {
    const tab = await ana.context.newPage();
    await tab.goto(`${server.url}/rooms/${slug}`);
    await tab.waitForSelector("#composer");
    return tab;
  };
  return { ana, slug, open };
}

const value = (page: Page) => page.locator("#text").inputValue();
const becomes = (page: Page, text: string) =>
  until(async () => (await value(page)) === text, { what: `the field to say ${JSON.stringify(text)}` });

/** Everything that the browser has on disk for this server: keys and values of its storage, and messages that wait. */
async function keptIn(context: BrowserContext): Promise<string> {
  const page = await context.newPage();
  await page.goto(`${server.url}/api/v1/health`);
  const kept = await page.evaluate(async () => {
    const opening = indexedDB.open("superchat");
    await new Promise((resolve) => {
      opening.onsuccess = opening.onerror = resolve;
    });
    const database = opening.result;
    let entries: unknown[] = [];
    if (database.objectStoreNames.contains("outbox")) {
      const all = database.transaction("outbox").objectStore("outbox").getAll();
      await new Promise((resolve) => {
        all.onsuccess = resolve;
      });
      entries = all.result;
    }
    database.close();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, entries]);
  });
  await page.close();
  for (const front of context.pages().slice(0, 1)) await front.bringToFront();
  return kept;
}

/** By the menu at one's own name. */
async function signOutIn(page: Page): Promise<void> {
  const menu = page.locator("#sidebar details:has(form[action='/sign-out'])");
  if ((await menu.getAttribute("open")) === null) await menu.locator("summary").click();
  await menu.getByRole("button", { name: "Sign out" }).click();
}

test(
  "an empty tab that closes leaves the draft of another; what is sent in one tab leaves the other, what differs stays",
  async () => {
    const { ana, open } = await personWithTabs();
    const [one, empty] = [await open(), await open()];
    await one.fill("#text", "half a sentence");
    await empty.close();
    await one.close();
    const two = await open();
    await becomes(two, "half a sentence");
    const other = await open();
    await becomes(other, "half a sentence");
    await two.press("#text", "Enter");
    await sees(other, "half a sentence");
    await becomes(other, "");
    await other.press("#text", "Enter");
    await two.bringToFront();
    await two.fill("#text", "one");
    await becomes(other, "one");
    await other.locator("#text").pressSequentially(" more");
    await two.press("#text", "Enter");
    await sees(two, "one");
    expect(await value(other)).toBe("one more");
    expect(await shown(two)).toEqual(["half a sentence", "one"]);
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "two tabs that are written in at the same time keep their own text each, through reloads, and send it by itself",
  async () => {
    const { ana, open } = await personWithTabs();
    const [one, other] = [await open(), await open()];
    await Promise.all([
      one.locator("#text").pressSequentially("alpha text one", { delay: 20 }),
      other.locator("#text").pressSequentially("beta text two", { delay: 20 }),
    ]);
    await other.reload();
    await becomes(other, "beta text two");
    expect(await value(one)).toBe("alpha text one");
    await one.press("#text", "Enter");
    await sees(other, "alpha text one");
    expect([await value(one), await value(other)]).toEqual(["", "beta text two"]);
    await other.reload();
    await becomes(other, "beta text two");
    await one.fill("#text", "gamma");
    await one.reload();
    await one.close();
    await other.reload();
    await becomes(other, "beta text two");
    await other.press("#text", "Enter");
    await sees(other, "beta text two");
    expect(await shown(other)).toEqual(["alpha text one", "beta text two"]);
    // What the closed tab left is there when the room is opened the next time.
    await other.reload();
    await becomes(other, "gamma");
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "after signing out nothing that was written is in the browser, whichever tab it was in; another person finds nothing",
  async () => {
    const { ana, slug, open } = await personWithTabs();
    const tab = await open();
    await tab.fill("#text", "secret one");
    await becomes(ana.page, "secret one");
    await until(async () => (await keptIn(ana.context)).includes("secret one"), { what: "the draft to be kept" });
    await ana.page.bringToFront();
    await signOutIn(ana.page);
    const dialog = ana.page.getByRole("dialog", { name: "A message is not finished." });
    await dialog.getByRole("button", { name: "Stay signed in" }).click();
    expect(await value(ana.page)).toBe("secret one");
    await signOutIn(ana.page);
    await dialog.getByRole("button", { name: "Sign out and delete" }).click();
    await ana.page.getByRole("heading", { name: "Join the conversation" }).waitFor();
    await tab.waitForURL("**/sign-in**");
    expect(await tab.locator(".notice").innerText()).toBe("You signed out in another tab.");
    await until(async () => !(await keptIn(ana.context)).includes("secret"), { what: "nothing to be kept" });
    const ben = await signUpInBrowser(browser, server.url);
    await signInInBrowser(tab, server.url, ben.name);
    await joinInBrowser(tab, server.url, slug);
    expect(await value(tab)).toBe("");
    expect(await keptIn(ana.context)).not.toContain("secret");
  },
  testMs,
);

test(
  "a sign-in that is ended elsewhere takes them too, also where no page was open",
  async () => {
    const { ana, slug } = await personWithTabs();
    const other = await browser.newPerson();
    await signInInBrowser(other.page, server.url, ana.name);
    await ana.page.fill("#text", "secret two");
    await until(async () => (await keptIn(ana.context)).includes("secret two"), { what: "the draft to be kept" });
    const away = await browser.newPerson();
    await signInInBrowser(away.page, server.url, ana.name);
    await away.page.goto(`${server.url}/rooms/${slug}`);
    await away.page.fill("#text", "secret three");
    await until(async () => (await keptIn(away.context)).includes("secret three"), { what: "the draft to be kept" });
    await away.page.close();
    await other.page.goto(`${server.url}/sessions`);
    await other.page.getByText("Sign out everywhere…").click();
    await other.page.getByRole("button", { name: "Sign out everywhere" }).click();
    await ana.page.waitForURL("**/sign-in**");
    expect(await ana.page.locator(".notice").innerText()).toBe(
      "You were signed out on another device. What you had written and not sent was deleted from this browser.",
    );
    await until(async () => !(await keptIn(ana.context)).includes("secret"), { what: "nothing to be kept" });
    const later = await away.context.newPage();
    await later.goto(`${server.url}/rooms/${slug}`);
    await later.waitForURL("**/sign-in**");
    expect(await later.locator(".notice").innerText()).toBe("Your sign-in on this device has ended.");
    await until(async () => !(await keptIn(away.context)).includes("secret"), { what: "nothing to be kept" });
  },
  testMs,
);

test(
  "who signs out while messages wait to be sent is asked first",
  async () => {
    const { ana } = await personWithTabs();
    const { page } = ana;
    await page.routeWebSocket(/\/live/, (socket) => void socket.close());
    await page.reload();
    await say(page, "not yet sent");
    await page.locator(".pending").waitFor();
    const dialog = page.getByRole("dialog");
    const signOut = async () => {
      await signOutIn(page);
      await dialog.waitFor();
    };
    await signOut();
    expect(await dialog.innerText()).toContain("A message has not been sent yet.");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Stay signed in");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await keptIn(ana.context)).toContain("not yet sent");
    await signOut();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await signOut();
    await dialog.getByRole("button", { name: "Sign out and delete" }).click();
    await page.getByRole("heading", { name: "Join the conversation" }).waitFor();
    await until(async () => !(await keptIn(ana.context)).includes("not yet sent"), { what: "nothing to be kept" });
  },
  testMs,
);
