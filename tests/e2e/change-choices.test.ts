/** What asks before it changes a message: deleting, and saving over a newer text. With the pointer, by keyboard, without scripts. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { joinInBrowser, say, sees, shown, signInInBrowser, signUpInBrowser, together } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";

const testMs = 60_000;

const browser = useBrowser();
const server = useStandalone();

const entry = (page: Page, text: string) => page.locator("#log > .message", { hasText: text });

const question = (page: Page) => page.getByRole("alertdialog", { name: "Delete this message?" });

async function askToDelete(page: Page, text: string) {
  await entry(page, text).hover();
  const button = page.locator("#message-menu").getByRole("button", { name: "Delete", exact: true });
  const before = await button.boundingBox();
  await button.click();
  return before;
}

const inside = (box: { x: number; y: number; width: number; height: number }, page: Page) => {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
};

test.each([1440, 768, 390])(
  "before a message is deleted, %i pixels wide, the button that confirms stands where the other was, with Cancel beside it",
  async (width) => {
    const ana = await signUpInBrowser(browser, server.url, { viewport: { width, height: 844 } });
    await together(server.url, ana);
    const texts = Array.from({ length: 12 }, (_, n) => `number ${n} of the messages`);
    for (const text of texts) await say(ana.page, text);
    await sees(ana.page, ...texts);
    for (const text of [texts[1], texts[11]] as string[]) {
      const before = await askToDelete(ana.page, text);
      const confirm = question(ana.page).getByRole("button", { name: "Delete" });
      const after = await confirm.boundingBox();
      if (!before || !after) throw new Error("there is no button");
      expect(Math.abs(before.x + before.width - after.x - after.width)).toBeLessThan(9);
      expect(Math.abs(before.y - after.y)).toBeLessThan(9);
      const whole = await question(ana.page).boundingBox();
      expect(whole && inside(whole, ana.page)).toBe(true);
      expect(await question(ana.page).innerText()).toContain(
        "This deletes the message for everyone. It can't be undone.",
      );
      expect(await question(ana.page).locator("q").innerText()).toBe(text);
      expect(await ana.page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
      await question(ana.page).getByRole("button", { name: "Cancel" }).click();
      await question(ana.page).waitFor({ state: "detached" });
    }
    // A double click asks and answers nothing.
    await entry(ana.page, texts[11] ?? "").hover();
    await ana.page.locator("#message-menu").getByRole("button", { name: "Delete", exact: true }).dblclick();
    await question(ana.page).waitFor();
    await ana.page.keyboard.press("Escape");
    await question(ana.page).waitFor({ state: "detached" });
    expect(await shown(ana.page)).toEqual(texts);
    await askToDelete(ana.page, texts[11] ?? "");
    await ana.page.keyboard.press("Tab");
    await ana.page.keyboard.press("Enter");
    await sees(ana.page, "This message was deleted.");
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "an edit over a newer one from another device shows both, and its writer chooses",
  async () => {
    const ana = await signUpInBrowser(browser, server.url);
    const slug = await together(server.url, ana);
    const phone = await browser.newPerson({ viewport: { width: 390, height: 844 } });
    await signInInBrowser(phone.page, server.url, ana.name);
    await phone.page.goto(`${server.url}/rooms/${slug}`);
    await say(ana.page, "first");
    await sees(phone.page, "first");
    const openEdit = async (page: Page, text: string) => {
      await entry(page, text).click();
      await page.locator("#message-menu").getByRole("button", { name: "Edit" }).click();
      await page.locator(".edit textarea").waitFor();
    };
    const save = async (page: Page, text: string) => {
      await page.locator(".edit textarea").fill(text);
      await page.locator(".edit textarea").press("Enter");
    };
    await openEdit(ana.page, "first");
    await openEdit(phone.page, "first");
    await save(phone.page, "from the phone");
    await entry(phone.page, "from the phone").locator(".edited").waitFor();
    await save(ana.page, "from the desk");
    const conflict = ana.page.locator(".edit .conflict");
    await conflict.waitFor();
    expect(await conflict.innerText()).toContain("from the phone");
    expect(await ana.page.locator(".edit textarea").inputValue()).toBe("from the desk");
    expect(await phone.page.locator("#log .text").last().innerText()).toContain("from the phone");
    await ana.page.getByRole("link", { name: "Keep the newer text" }).click();
    expect(await ana.page.locator(".edit").count()).toBe(0);
    await openEdit(ana.page, "from the phone");
    await openEdit(phone.page, "from the phone");
    await save(phone.page, "again from the phone");
    await entry(ana.page, "again from the phone").waitFor({ state: "attached" });
    await save(ana.page, "the desk wins");
    await conflict.waitFor();
    await ana.page.getByRole("button", { name: "Replace it with your version" }).click();
    await entry(phone.page, "the desk wins").waitFor();
    expect([...ana.problems, ...phone.problems].filter((problem) => !problem.includes("412"))).toEqual([]);
  },
  testMs,
);

test(
  "without scripts both forms ask as well, and nothing that was written is lost",
  async () => {
    const ana = await signUpInBrowser(browser, server.url, { javaScriptEnabled: false });
    const { page } = ana;
    const slug = await together(server.url);
    await joinInBrowser(page, server.url, slug);
    await page.fill("#text", "first");
    await page.getByRole("button", { name: "Send" }).click();
    const own = page.getByRole("link", { name: "React to the marked message" });
    await page.locator(".message .at").last().click();
    await own.click();
    const other = await ana.context.newPage();
    await other.goto(page.url());
    await other.fill(".edit textarea", "newer");
    await other.getByRole("button", { name: "Save" }).click();
    await page.fill(".edit textarea", "mine");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.locator(".conflict blockquote").innerText()).toBe("newer");
    expect(await page.locator(".edit textarea").inputValue()).toBe("mine");
    await page.getByRole("button", { name: "Replace it with your version" }).click();
    await entry(page, "mine").locator(".edited").waitFor();
    await own.click();
    await page.getByText("Delete this message…").click();
    await page.getByRole("link", { name: "Cancel" }).click();
    expect(await page.getByRole("button", { name: "Delete", exact: true }).isVisible()).toBe(false);
    await other.goto(page.url());
    await other.getByText("Delete this message…").click();
    await other.getByRole("button", { name: "Delete", exact: true }).click();
    await page.fill(".edit textarea", "too late, but long");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.getByLabel("What you wrote was not saved").inputValue()).toBe("too late, but long");
  },
  testMs,
);
