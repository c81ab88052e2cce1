/** What is typed into an edit: kept through a reload, asked about before it is dropped, never cut. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { say, sees, signInInBrowser, signUpInBrowser, together } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";

const testMs = 60_000;

const browser = useBrowser();
const server = useStandalone();

const field = (page: Page) => page.locator(".edit textarea");
const question = (page: Page) => page.getByRole("dialog", { name: "Your changes to this message are not saved." });

const seesEdited = (page: Page, text: string) =>
  page.locator("#log > .message", { hasText: text }).locator(".edited").waitFor();

async function openEdit(page: Page): Promise<void> {
  await page.locator("#text").press("ArrowUp");
  await field(page).waitFor();
}

async function anaInRoom() {
  const ana = await signUpInBrowser(browser, server.url);
  const slug = await together(server.url, ana);
  await say(ana.page, "as it was");
  await sees(ana.page, "as it was");
  return { ...ana, slug };
}

test(
  "an edit is open again after a reload, with what was typed; Escape and Cancel ask before that is dropped",
  async () => {
    const { page, problems } = await anaInRoom();
    await openEdit(page);
    await field(page).fill("as it will be");
    await page.reload();
    await field(page).waitFor();
    expect(await field(page).inputValue()).toBe("as it will be");
    expect(await page.locator("#edit-note").innerText()).toContain("not saved yet");
    await field(page).press("Escape");
    await question(page).waitFor();
    await page.keyboard.press("Escape");
    await question(page).waitFor({ state: "detached" });
    expect(await field(page).inputValue()).toBe("as it will be");
    await field(page).press("End");
    await page.keyboard.type(", soon");
    await page.locator(".edit").getByRole("button", { name: "Cancel" }).click();
    await question(page).getByRole("button", { name: "Drop the changes" }).click();
    await field(page).waitFor({ state: "detached" });
    await page.reload();
    await page.waitForSelector("#composer");
    await openEdit(page);
    expect(await field(page).inputValue()).toBe("as it was");
    // Nothing was changed: nothing is asked.
    await field(page).press("Escape");
    await field(page).waitFor({ state: "detached" });
    await openEdit(page);
    await field(page).fill("saved");
    await field(page).press("Enter");
    await seesEdited(page, "saved");
    await openEdit(page);
    expect(await field(page).inputValue()).toBe("saved");
    expect(problems).toEqual([]);
  },
  testMs,
);

test(
  "who leaves an edit for another message or room finds it again, and a newer text in between is shown before it is replaced",
  async () => {
    const { page, slug, name } = await anaInRoom();
    await openEdit(page);
    await field(page).fill("begun on the desk");
    await page.goto(`${server.url}/rooms/lobby`);
    await page.goto(`${server.url}/rooms/${slug}`);
    const phone = await browser.newPerson();
    await signInInBrowser(phone.page, server.url, name);
    await phone.page.goto(`${server.url}/rooms/${slug}`);
    await openEdit(phone.page);
    await field(phone.page).fill("from the phone");
    await field(phone.page).press("Enter");
    await seesEdited(page, "from the phone");
    await openEdit(page);
    expect(await field(page).inputValue()).toBe("begun on the desk");
    await field(page).press("Enter");
    const conflict = page.locator(".edit .conflict");
    await conflict.waitFor();
    expect(await conflict.innerText()).toContain("from the phone");
    await page.getByRole("button", { name: "Replace it with your version" }).click();
    await seesEdited(page, "begun on the desk");
  },
  testMs,
);

test(
  "a paste is never cut: the counter says how many bytes are too many, in an edit as in a new message",
  async () => {
    const { page, slug } = await anaInRoom();
    const long = "ก".repeat(6_000);
    const sentence = "1616 bytes too long. Shorten or split the message.";
    await page.fill("#text", long);
    expect(await page.locator("#composer-note").innerText()).toBe(sentence);
    await page.fill("#text", "");
    await openEdit(page);
    await field(page).fill("");
    await page.keyboard.insertText(long);
    expect(await field(page).inputValue()).toHaveLength(6_000);
    expect(await page.locator("#edit-note").innerText()).toBe(sentence);
    await field(page).press("Enter");
    await page.keyboard.insertText("x".repeat(12_000));
    expect(await field(page).inputValue()).toHaveLength(18_000);
    expect(await page.locator(".edit .problem").count()).toBe(0);
    await field(page).fill("x".repeat(16_384));
    expect(await page.locator("#edit-note").innerText()).toBe("0 bytes left.");
    await field(page).press("Enter");
    await field(page).waitFor({ state: "detached" });
    const plain = await browser.newPerson({ javaScriptEnabled: false });
    await plain.page.goto(`${server.url}/rooms/${slug}`);
    expect(await plain.page.locator("textarea[maxlength]").count()).toBe(0);
  },
  testMs,
);
