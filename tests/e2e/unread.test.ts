/** Badges in the room list and the number in the title: live, on every device, after a reload, and 0 when what was unread is gone. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { say, sees, signInInBrowser, twoTogether } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;

const browser = useBrowser();
const server = useStandalone();

/** What the badges of the room and the title say; "-": no badge. */
async function counts(page: Page, slug: string): Promise<string> {
  const badge = async (kind: string) => {
    const found = page.locator(`#rooms a[href="/rooms/${slug}"] .badge.${kind}`);
    return (await found.isVisible()) ? await found.innerText() : "-";
  };
  const [, title = "-"] = /^\((\d+)\)/.exec(await page.title()) ?? [];
  return `${await badge("unread")} ${await badge("mention")} ${title}`;
}

async function come(page: Page, slug: string, wanted: string): Promise<void> {
  let last = "";
  const arrived = async () => {
    last = await counts(page, slug);
    return last === wanted;
  };
  await until(arrived, { what: `counts ${wanted}` }).catch((error) => {
    throw new Error(`the counts are ${last}, not ${wanted}`, { cause: error });
  });
}

const remove = async (page: Page, text: string) => {
  await page.locator("#log > .message", { hasText: text }).hover();
  await page.locator("#message-menu").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
};

const edit = async (page: Page, text: string, other: string) => {
  await page.locator("#log > .message", { hasText: text }).hover();
  await page.locator("#message-menu").getByRole("button", { name: "Edit" }).click();
  await page.locator(".edit textarea").fill(other);
  await page.locator(".edit textarea").press("Enter");
};

test(
  "what is deleted is unread no more, at once: where it was heard of live, where it was counted before, and after a reload",
  async () => {
    const [ana, ben, slug] = await twoTogether(browser, server.url);
    const lobby = `${server.url}/rooms/lobby`;
    await ben.page.goto(lobby);
    const texts = ["one", `two @${ben.name}`, "three"];
    for (const text of texts) await say(ana.page, text);
    await sees(ana.page, ...texts);
    await come(ben.page, slug, "3 1 3");
    // Another device, on which the server counted them.
    const phone = await browser.newPerson({ viewport: { width: 1440, height: 800 } });
    await signInInBrowser(phone.page, server.url, ben.name);
    await come(phone.page, slug, "3 1 3");
    const both = async (wanted: string) => {
      for (const page of [ben.page, phone.page]) await come(page, slug, wanted);
    };
    await edit(ana.page, "two", "two, for nobody");
    await both("3 - 3");
    await edit(ana.page, "three", `three @${ben.name}`);
    await both("3 1 3");
    await remove(ana.page, "one");
    await both("2 1 2");
    await remove(ana.page, "three");
    await both("1 - 1");
    await remove(ana.page, "two");
    await both("- - -");
    await ben.page.reload();
    await come(ben.page, slug, "- - -");
    await ben.page.goto(`${server.url}/rooms/${slug}`);
    await sees(ben.page, "This message was deleted.");
    expect(await ben.page.locator("#unread-line").count()).toBe(0);
    expect([...ana.problems, ...ben.problems, ...phone.problems]).toEqual([]);
  },
  testMs,
);

test(
  "a device that slept learns what was read on another, and a room that was left has no badge, also when one comes back",
  async () => {
    const [ana, ben, slug] = await twoTogether(browser, server.url);
    const phone = await browser.newPerson();
    await signInInBrowser(phone.page, server.url, ben.name);
    await ben.page.goto(`${server.url}/rooms/lobby`);
    await say(ana.page, "one");
    for (const { page } of [ben, phone]) await come(page, slug, "1 - 1");
    await phone.context.setOffline(true);
    await say(ana.page, "two");
    await come(ben.page, slug, "2 - 2");
    await ben.page.goto(`${server.url}/rooms/${slug}`);
    await sees(ben.page, "two");
    await come(ben.page, slug, "- - -");
    await phone.context.setOffline(false);
    await come(phone.page, slug, "- - -");
    await ben.page.goto(`${server.url}/rooms/lobby`);
    await say(ana.page, "three");
    for (const { page } of [ben, phone]) await come(page, slug, "1 - 1");
    const change = (path: string) =>
      ben.page.evaluate((to) => fetch(to, { method: "POST" }).then(({ status }) => status), `/rooms/${slug}/${path}`);
    await change("leave");
    for (const { page } of [ben, phone]) await come(page, slug, "- - -");
    await change("join");
    for (const { page } of [ben, phone]) {
      await page.locator(`#rooms a[href="/rooms/${slug}"]`).waitFor();
      await come(page, slug, "- - -");
    }
    await say(ana.page, "four");
    for (const { page } of [ben, phone]) await come(page, slug, "1 - 1");
  },
  testMs,
);
