/** Reactions, edits and deletions in real browsers: seen live by others, after a reload, by who was away, and without scripts. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { say, sees, shown, signUpInBrowser, twoTogether } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;
const seeWithinMs = 10_000;

const browser = useBrowser();
const server = useStandalone();
const two = () => twoTogether(browser, server.url);

const entry = (page: Page, text: string) => page.locator("#log > .message", { hasText: text });

const seesEdited = (page: Page, text: string) => entry(page, text).locator(".edited").waitFor({ timeout: seeWithinMs });

/** What stands on the chips of a message, those of the reader in brackets. */
async function chips(page: Page, text: string): Promise<string[]> {
  return await entry(page, text)
    .locator(".reactions button")
    .evaluateAll((all) =>
      all.map((chip) => {
        const words = (chip.textContent ?? "").trim();
        return chip.getAttribute("aria-pressed") === "true" ? `[${words}]` : words;
      }),
    );
}

async function seesChips(page: Page, text: string, ...wanted: string[]): Promise<void> {
  let last: string[] = [];
  await until(
    async () => {
      last = await chips(page, text);
      return JSON.stringify(last) === JSON.stringify(wanted);
    },
    { deadlineMs: seeWithinMs, what: `chips ${wanted.join(" ")}` },
  ).catch((error) => {
    throw new Error(`there are ${last.join(" ")}`, { cause: error });
  });
}

const menuButton = async (page: Page, text: string, name: string) => {
  await entry(page, text).hover();
  return page.locator("#message-menu").getByRole("button", { name, exact: true });
};

test(
  "a reaction is seen live by both, joined and left by a press on its chip, and there after a reload",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "hello");
    await sees(ben.page, "hello");
    await (await menuButton(ben.page, "hello", "React with 🎉")).click();
    await seesChips(ana.page, "hello", "🎉 1");
    await seesChips(ben.page, "hello", "[🎉 1]");
    await entry(ana.page, "hello").locator(".reactions button").click();
    await seesChips(ben.page, "hello", "[🎉 2]");
    await (await menuButton(ana.page, "hello", "More emoji")).click();
    await ana.page.getByRole("button", { name: "React with rocket" }).click();
    for (const { page } of [ana, ben])
      await until(async () => (await chips(page, "hello")).length === 2, { what: "the rocket" });
    await ben.page.reload();
    await seesChips(ben.page, "hello", "[🎉 2]", "🚀 1");
    await entry(ben.page, "hello").locator(".reactions button").first().click();
    await seesChips(ana.page, "hello", "[🎉 1]", "[🚀 1]");
    await entry(ana.page, "hello").locator(".reactions button").last().click();
    await seesChips(ben.page, "hello", "🎉 1");
    expect([...ana.problems, ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "an edit and a deletion are seen live, only one's own are offered, and a deletion asks once",
  async () => {
    const [ana, ben] = await two();
    await say(ana.page, "frist");
    await say(ana.page, "never mind");
    await sees(ben.page, "frist", "never mind");
    expect(await (await menuButton(ben.page, "frist", "Edit")).isVisible()).toBe(false);
    await (await menuButton(ana.page, "frist", "Edit")).click();
    const field = ana.page.locator(".edit textarea");
    expect(await field.inputValue()).toBe("frist");
    await field.fill(" ");
    await field.press("Enter");
    await ana.page.locator(".edit .problem").getByText("the message is empty").waitFor();
    await field.fill("first, **really**");
    await field.press("Enter");
    await ben.page.locator(".message strong", { hasText: "really" }).waitFor();
    await ana.page.locator(".message strong", { hasText: "really" }).waitFor();
    expect(await ana.page.locator(".edit").count()).toBe(0);
    await (await menuButton(ben.page, "never mind", "React with 👍")).click();
    await seesChips(ana.page, "never mind", "👍 1");
    await (await menuButton(ana.page, "never mind", "Delete")).click();
    expect(await shown(ben.page)).toContain("never mind");
    await ana.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    for (const { page } of [ana, ben]) {
      await page.locator(".text.deleted").waitFor();
      expect(await page.locator(".reactions").count()).toBe(0);
    }
    await ben.page.reload();
    await seesEdited(ben.page, "first, really");
    expect((await shown(ben.page)).at(-1)).toBe("This message was deleted.");
    // The browser notes the edit that was refused.
    expect([...ana.problems.filter((problem) => !problem.includes("422")), ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "who was away finds everything as it is now",
  async () => {
    const [ana, ben] = await two();
    for (const text of ["kept", "wrong", "gone"]) await say(ana.page, text);
    await sees(ben.page, "kept", "wrong", "gone");
    await (await menuButton(ben.page, "kept", "React with 👍")).click();
    await seesChips(ana.page, "kept", "👍 1");
    await ben.context.setOffline(true);
    await entry(ana.page, "kept").locator(".reactions button").click();
    await (await menuButton(ana.page, "kept", "React with 🎉")).click();
    await ana.page.locator("#text").press("ArrowUp");
    await ana.page.locator(".edit textarea").fill("gone, but edited first");
    await ana.page.locator(".edit textarea").press("Enter");
    await seesEdited(ana.page, "gone, but edited first");
    await (await menuButton(ana.page, "gone", "Delete")).click();
    await ana.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await ana.page.locator(".text.deleted").waitFor();
    await (await menuButton(ana.page, "wrong", "Edit")).click();
    await ana.page.locator(".edit textarea").fill("right");
    await ana.page.locator(".edit textarea").press("Enter");
    await say(ana.page, "new");
    await seesEdited(ana.page, "right");
    await sees(ana.page, "new");
    await (await menuButton(ana.page, "new", "React with ❤️")).click();
    await seesChips(ana.page, "new", "[❤️ 1]");
    await ben.context.setOffline(false);
    await sees(ben.page, "kept", "This message was deleted.", "new");
    await seesEdited(ben.page, "right");
    await seesChips(ben.page, "kept", "[👍 2]", "🎉 1");
    await seesChips(ben.page, "new", "❤️ 1");
    expect([ana.problems, ben.problems.filter((problem) => !problem.includes("ERR_INTERNET_DISCONNECTED"))]).toEqual([
      [],
      [],
    ]);
  },
  testMs,
);

test(
  "the menu works with the keyboard alone",
  async () => {
    const [ana] = await two();
    await say(ana.page, "hello");
    await sees(ana.page, "hello");
    await entry(ana.page, "hello").locator(".at").focus();
    for (let n = 0; n < 2; n++) await ana.page.keyboard.press("Tab");
    await ana.page.keyboard.press("Enter");
    await seesChips(ana.page, "hello", "[👍 1]");
    expect(await ana.page.evaluate(() => document.activeElement?.className)).toBe("at");
    for (let n = 0; n < 2; n++) await ana.page.keyboard.press("Tab");
    await ana.page.keyboard.press("Escape");
    expect(await ana.page.locator("#message-menu").count()).toBe(1);
    await ana.page.keyboard.press("Tab");
    await ana.page.keyboard.press("Space");
    await until(async () => (await chips(ana.page, "hello")).length === 0, { what: "the chip to go" });
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "without scripts a chip, and the forms at a message's own page, do the same",
  async () => {
    const [ana, , slug] = await two();
    const plain = await signUpInBrowser(browser, server.url, { javaScriptEnabled: false });
    const { page } = plain;
    await page.goto(`${server.url}/rooms/${slug}`);
    await page.getByRole("button", { name: "Join this room" }).click();
    await page.fill("#text", "plain");
    await page.getByRole("button", { name: "Send" }).click();
    await sees(ana.page, "plain");
    await (await menuButton(ana.page, "plain", "React with 👍")).click();
    await seesChips(ana.page, "plain", "[👍 1]");
    await page.reload();
    await entry(page, "plain").locator(".reactions button").click();
    await seesChips(ana.page, "plain", "[👍 2]");
    expect(await chips(page, "plain")).toEqual(["[👍 2]"]);
    const forms = page.getByRole("link", { name: "React to the marked message" });
    await forms.click();
    await page.fill(".edit textarea", " ");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.locator(".problem").innerText()).toContain("the message is empty");
    await page.fill(".edit textarea", "plainer");
    await page.getByRole("button", { name: "Save" }).click();
    await seesEdited(ana.page, "plainer");
    await forms.click();
    await page.getByRole("button", { name: "🎉" }).click();
    await seesChips(ana.page, "plainer", "[👍 2]", "🎉 1");
    await forms.click();
    await page.getByText("Delete this message…").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await sees(ana.page, "This message was deleted.");
    expect(ana.problems).toEqual([]);
  },
  testMs,
);
