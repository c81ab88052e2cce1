/** Replies in real browsers: by menu, key and form, seen live, kept through reload and loss, and true to what they quote. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { joinInBrowser, say, sees, signUpInBrowser, together, twoTogether, waiting } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;
const seeWithinMs = 10_000;

const browser = useBrowser();
const server = useStandalone();
const two = () => twoTogether(browser, server.url);

/** The message whose own text this is, not a reply to it. */
const entry = (page: Page, text: string) =>
  page.locator("#log > .message").filter({ has: page.locator(".text", { hasText: text }) });

const quoteOf = (page: Page, text: string) => entry(page, text).locator(".quote");

const chip = (page: Page) => page.locator("#replying");

async function chooseReply(page: Page, text: string): Promise<void> {
  await entry(page, text).hover();
  await page.locator("#message-menu").getByRole("button", { name: "Reply", exact: true }).click();
}

async function seesQuote(page: Page, text: string, words: string): Promise<void> {
  await quoteOf(page, text).filter({ hasText: words }).waitFor({ timeout: seeWithinMs });
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? "");

test(
  "a reply by the menu is seen live with what it answers, which is a click away, and there after a reload",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "shall we meet on **Saturday**?");
    await sees(ben.page, "shall we meet on Saturday?");
    await say(ben.page, "let me see");
    await chooseReply(ben.page, "shall we meet");
    expect(await chip(ben.page).textContent()).toContain(`Replying to ${ana.name} shall we meet on Saturday?`);
    expect(await focused(ben.page)).toBe("text");
    const described = (await ben.page.getAttribute("#text", "aria-describedby")) ?? "";
    expect(described.split(" ")).toContain("replying-to");
    await say(ben.page, "yes, at ten");
    await chip(ben.page).waitFor({ state: "detached" });
    for (const { page } of [ana, ben]) await seesQuote(page, "yes, at ten", `${ana.name} shall we meet on Saturday?`);
    await until(async () => (await waiting(ben.page)) === 0, { what: "nothing waiting" });
    expect(await entry(ben.page, "yes, at ten").getAttribute("class")).not.toContain("grouped");
    expect(await entry(ana.page, "yes, at ten").getAttribute("class")).toContain("mentioned");
    await quoteOf(ana.page, "yes, at ten").click();
    await ana.page.locator(".message.found", { hasText: "shall we meet" }).waitFor();
    expect(new URL(ana.page.url()).search).toBe("");
    await ana.page.locator(".message.found").waitFor({ state: "detached" });
    await ana.page.reload();
    await seesQuote(ana.page, "yes, at ten", "shall we meet on Saturday?");
    expect([...ana.problems, ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "a keyboard alone replies, takes that back, and follows a quote",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "first");
    await sees(ben.page, "first");
    await ben.page.keyboard.type("already written");
    await entry(ben.page, "first").locator(".at").focus();
    await ben.page.keyboard.press("r");
    expect(await chip(ben.page).innerText()).toContain("first");
    const said = () => ben.page.textContent("#announcer");
    await until(async () => (await said())?.includes(`Replying to ${ana.name}.`), { what: "words for it" });
    await ben.page.keyboard.press("Escape");
    expect(await chip(ben.page).count()).toBe(0);
    expect([await focused(ben.page), await ben.page.inputValue("#text")]).toEqual(["text", "already written"]);
    await entry(ben.page, "first").locator(".at").focus();
    await ben.page.keyboard.press("r");
    await ben.page.keyboard.press("Shift+Tab");
    await ben.page.keyboard.press("Enter");
    expect([await chip(ben.page).count(), await focused(ben.page)]).toEqual([0, "text"]);
    await entry(ben.page, "first").locator(".at").focus();
    await ben.page.keyboard.press("r");
    await ben.page.keyboard.press("Enter");
    await seesQuote(ben.page, "already written", "first");
    await quoteOf(ben.page, "already written").focus();
    await ben.page.keyboard.press("Enter");
    expect(
      await ben.page.evaluate(() => document.activeElement?.closest("li")?.querySelector(".text")?.textContent),
    ).toBe("first");
    // In a form the key is a letter.
    await say(ben.page, "mine");
    await sees(ben.page, "mine");
    await ben.page.locator("#text").press("ArrowUp");
    await ben.page.locator(".edit textarea").press("r");
    expect([await chip(ben.page).count(), await ben.page.inputValue(".edit textarea")]).toEqual([0, "miner"]);
    expect(ben.problems).toEqual([]);
  },
  testMs,
);

test(
  "a reply that is not sent yet outlives a reload, and one written offline arrives with its quote",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "who brings the keys?");
    await sees(ben.page, "who brings the keys?");
    await chooseReply(ben.page, "who brings");
    await ben.page.fill("#text", "I do");
    await ben.page.reload();
    expect(await ben.page.inputValue("#text")).toBe("I do");
    expect(await chip(ben.page).innerText()).toContain("who brings the keys?");
    await ben.page.waitForFunction(() => document.getElementById("status")?.textContent === "");
    await ben.context.setOffline(true);
    await ben.page.press("#text", "Enter");
    expect(await ben.page.locator("#pending .quote").innerText()).toContain("who brings the keys?");
    await ben.context.setOffline(false);
    await seesQuote(ana.page, "I do", "who brings the keys?");
    await seesQuote(ben.page, "I do", "who brings the keys?");
    await ben.page.reload();
    expect([await chip(ben.page).count(), await ben.page.inputValue("#text")]).toEqual([0, ""]);
  },
  testMs,
);

test(
  "quotes follow what they quote, live and after a reload, and a draft lets go of what was deleted",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "at nnie");
    await say(ana.page, "never mind");
    await sees(ben.page, "at nnie", "never mind");
    await chooseReply(ben.page, "at nnie");
    await say(ben.page, "good");
    await chooseReply(ben.page, "never mind");
    await say(ben.page, "what?");
    await seesQuote(ana.page, "what?", "never mind");
    await chooseReply(ben.page, "never mind");
    await ana.page.locator("#text").press("ArrowUp");
    await ana.page.locator(".edit textarea").fill("forget it");
    await ana.page.locator(".edit textarea").press("Enter");
    for (const { page } of [ana, ben]) await seesQuote(page, "what?", "forget it");
    await chip(ben.page).getByText("forget it").waitFor();
    await entry(ana.page, "at nnie").hover();
    await ana.page.locator("#message-menu").getByRole("button", { name: "Edit" }).click();
    await ana.page.locator(".edit textarea").fill("at nine");
    await ana.page.locator(".edit textarea").press("Enter");
    for (const { page } of [ana, ben]) await seesQuote(page, "good", "at nine");
    await entry(ana.page, "forget it").hover();
    await ana.page.locator("#message-menu").getByRole("button", { name: "Delete" }).click();
    await ana.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    for (const { page } of [ana, ben]) await seesQuote(page, "what?", `${ana.name} message deleted`);
    expect(await quoteOf(ben.page, "what?").getAttribute("class")).toBe("quote gone");
    // Nothing says that it is a reply any more, and the field says why.
    expect(await chip(ben.page).count()).toBe(0);
    expect(await ben.page.locator("#composer-note").innerText()).toBe(
      "The message that you were replying to was deleted.",
    );
    await say(ben.page, "sent without");
    await sees(ana.page, "sent without");
    expect(await quoteOf(ana.page, "sent without").count()).toBe(0);
    await ben.page.reload();
    await seesQuote(ben.page, "what?", "message deleted");
    await seesQuote(ben.page, "good", "at nine");
    expect([...ana.problems, ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "what was deleted meanwhile is not answered: the message waits, and goes without its quote when told to",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "is this on?");
    await sees(ben.page, "is this on?");
    await chooseReply(ben.page, "is this on?");
    await ben.context.setOffline(true);
    await say(ben.page, "loud and clear");
    await entry(ana.page, "is this on?").hover();
    await ana.page.locator("#message-menu").getByRole("button", { name: "Delete" }).click();
    await ana.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await ana.page.locator(".text.deleted").waitFor();
    await ben.context.setOffline(false);
    const refused = ben.page.locator('#pending [data-state="refused"]');
    await refused.getByText("was deleted").waitFor({ timeout: 20_000 });
    expect(await refused.getByRole("button").allInnerTexts()).toEqual(["Send without the quote", "Edit", "Discard"]);
    await refused.getByRole("button", { name: "Send without the quote" }).click();
    await sees(ana.page, "loud and clear");
    await sees(ben.page, "loud and clear");
    expect(await ana.page.locator("#log .quote").count()).toBe(0);
    expect(await waiting(ben.page)).toBe(0);
  },
  testMs,
);

test(
  "a quote of what the page does not show leads to the page that has it",
  async () => {
    const [ana, , slug] = await two();
    await say(ana.page, "long ago");
    await sees(ana.page, "long ago");
    const other = await signUpPerson(server.url);
    await other.call("PUT", `/rooms/${slug}/members/me`);
    await Promise.all(Array.from({ length: 60 }, (_, n) => other.post(slug, `line ${n + 1}`)));
    await sees(ana.page, "line 60");
    await entry(ana.page, "long ago").locator(".at").focus();
    await ana.page.keyboard.press("r");
    await say(ana.page, "and now");
    await seesQuote(ana.page, "and now", "long ago");
    await ana.page.goto(`${server.url}/rooms/${slug}`);
    expect(await entry(ana.page, "long ago").count()).toBe(0);
    await quoteOf(ana.page, "and now").click();
    await ana.page.waitForURL(/\?at=\d+#m-\d+$/);
    await ana.page.locator(".message.focused", { hasText: "long ago" }).waitFor();
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "on a phone a reply is two taps away, and a tap on a quote brings what it quotes into sight",
  async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const ana = await signUpInBrowser(browser, server.url, phone);
    const slug = await together(server.url, ana);
    const { page } = ana;
    const other = await signUpPerson(server.url);
    await other.call("PUT", `/rooms/${slug}/members/me`);
    for (let n = 1; n <= 30; n++) await other.post(slug, `line ${n}.`);
    await sees(page, "line 30.");
    await entry(page, "line 2.").tap();
    await page.locator("#message-menu").getByRole("button", { name: "Reply", exact: true }).tap();
    await page.fill("#text", "to the second");
    await page.tap("#composer .send");
    await seesQuote(page, "to the second", `${other.name} line 2.`);
    const inSight = async () => {
      const [box, seen] = [await entry(page, "line 2.").boundingBox(), await page.locator("#scroller").boundingBox()];
      return box !== null && seen !== null && box.y >= seen.y && box.y + box.height <= seen.y + seen.height;
    };
    await until(async () => !(await inSight()), { what: "the newest messages" });
    await quoteOf(page, "to the second").tap();
    await until(inSight, { what: "what is quoted" });
    expect(await entry(page, "line 2.").getAttribute("class")).toContain("found");
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "without scripts one replies at the message's own page, and what is refused comes back whole",
  async () => {
    const [ana, , slug] = await two();
    const plain = await signUpInBrowser(browser, server.url, { javaScriptEnabled: false });
    const { page } = plain;
    await joinInBrowser(page, server.url, slug);
    await say(ana.page, "any questions?");
    await sees(ana.page, "any questions?");
    const begin = async (text: string) => {
      await page.goto(`${server.url}/rooms/${slug}`);
      await entry(page, "any questions?").locator(".at").click();
      await page.getByRole("link", { name: "Reply or react to the marked message" }).click();
      await page.getByLabel("Reply", { exact: true }).fill(text);
      await page.getByRole("button", { name: "Send the reply" }).click();
    };
    await begin("é".repeat(9_000));
    expect(await page.locator(".problem").innerText()).toContain("at most 16384 bytes");
    expect(await page.inputValue("#text")).toHaveLength(9_000);
    expect(await chip(page).innerText()).toContain("any questions?");
    await page.fill("#text", "how long may it be?");
    await page.getByRole("button", { name: "Send" }).click();
    await seesQuote(ana.page, "how long may it be?", "any questions?");
    await seesQuote(page, "how long may it be?", "any questions?");
    await begin("and another");
    await seesQuote(ana.page, "and another", "any questions?");
    await page.goto(`${server.url}/rooms/${slug}`);
    await entry(page, "any questions?").locator(".at").click();
    await page.getByRole("link", { name: "Reply or react to the marked message" }).click();
    await entry(ana.page, "any questions?").hover();
    await ana.page.locator("#message-menu").getByRole("button", { name: "Delete" }).click();
    await ana.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await seesQuote(ana.page, "and another", "message deleted");
    await page.getByLabel("Reply", { exact: true }).fill("too late?");
    await page.getByRole("button", { name: "Send the reply" }).click();
    expect(await page.locator(".problem").innerText()).toContain("was deleted");
    expect(await chip(page).innerText()).toContain("message deleted");
    expect(await page.inputValue("#text")).toBe("too late?");
    await page.getByRole("button", { name: "Send" }).click();
    await sees(ana.page, "too late?");
    expect(await quoteOf(ana.page, "too late?").count()).toBe(0);
    expect(ana.problems).toEqual([]);
  },
  testMs,
);
