/** Naming people: the list that completes names, and what is said of those who are not in the room. By keyboard, pointer, on a phone, without scripts. */
import { expect, test } from "bun:test";
import { devices, type Page } from "playwright-core";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { screenshot, useBrowser } from "../support/browser.ts";
import { say, sees, signUpInBrowser } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { until } from "../support/wait.ts";

const testMs = 60_000;

const browser = useBrowser();
const server = useStandalone();

/** Somebody in a private room of theirs, with one of two people whose names begin alike. */
async function privateRoom(options: Parameters<typeof signUpInBrowser>[2] = {}) {
  const stem = freshName("j").replaceAll("-", "");
  const ana = await signUpInBrowser(browser, server.url, options);
  const [here, away] = [await signUpPerson(server.url, `${stem}here`), await signUpPerson(server.url, `${stem}away`)];
  const { page } = ana;
  await page.goto(`${server.url}/rooms?new=${freshName("Den")}`);
  await page.check("input[value=private]");
  await page.click("form[action='/rooms'][method=post] button");
  await page.waitForSelector("#composer");
  const room = page.url().split(/[?#]/)[0] ?? "";
  await page.goto(`${room}/people`);
  await page.fill("form[action$='/invite'] input[name=name]", here.name);
  await page.click("form[action$='/invite'] button");
  await page.waitForURL("**/people?invited=*");
  const [invitation] = (await here.get("/me/invitations")).body.items;
  await here.call("PUT", `/rooms/${invitation.room.id}/members/me`);
  await page.goto(room);
  return { ...ana, stem, here, away, room };
}

const options = (page: Page) => page.locator("#suggestions [role=option]");
const listed = async (page: Page) =>
  (await options(page).allInnerTexts()).map((text) =>
    text
      .split("\n")
      .filter((line) => line.length > 1)
      .join(": "),
  );
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);
const announced = (page: Page, words: string) =>
  until(async () => (await page.textContent("#announcer"))?.includes(words), { what: `hearing "${words}"` });

test(
  "the list has members first, marks who is not in the room, and opens after a CJK letter; a keyboard alone chooses",
  async () => {
    const { page, stem, here, away, problems } = await privateRoom();
    for (const before of ["hello @", "你好@", "你好＠"]) {
      await page.focus("#text");
      await page.keyboard.insertText(before + stem);
      await options(page).nth(1).waitFor();
      expect(await listed(page)).toEqual([here.name, `${away.name}: Not in this room`]);
      await page.keyboard.press("ArrowDown");
      expect(await page.getAttribute("#text", "aria-activedescendant")).toBe("suggestion-1");
      await page.keyboard.press("Enter");
      expect(await page.inputValue("#text")).toBe(`${before.slice(0, -1)}@${away.name} `);
      expect(await options(page).count()).toBe(0);
      await page.fill("#text", "");
    }
    expect(problems).toEqual([]);
  },
  testMs,
);

for (const [size, colorScheme, device] of [
  ["wide", "light", { viewport: { width: 1440, height: 900 } }],
  ["wide", "dark", { viewport: { width: 1440, height: 900 } }],
  ["tablet", "light", { viewport: { width: 768, height: 1024 } }],
  ["phone", "light", { ...devices["iPhone 13"], viewport: { width: 390, height: 664 } }],
  ["phone", "dark", { ...devices["iPhone 13"], viewport: { width: 390, height: 664 } }],
] as const) {
  test(
    `the list and the notice stay in sight, ${size}, ${colorScheme}`,
    async () => {
      const { page, stem, away } = await privateRoom({
        ...device,
        colorScheme,
        defaultBrowserType: undefined,
      } as object);
      await page.focus("#text");
      await page.keyboard.insertText(`@${stem}`);
      await options(page).nth(1).waitFor();
      const inSight = async (selector: string) => {
        const box = await page.locator(selector).boundingBox();
        expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= device.viewport.width).toBe(true);
      };
      await inSight("#suggestions");
      await inSight("#suggestions .elsewhere");
      await screenshot(page, `names-list-${size}-${colorScheme}`);
      await options(page).nth(1).click();
      expect(await page.inputValue("#text")).toBe(`@${away.name} `);
      await page.click(".send");
      await page.waitForSelector("#absent");
      await sees(page, `@${away.name}`);
      await inSight("#absent");
      await inSight("#absent button");
      const [entry, notice] = [page.locator("#log > .message").last(), page.locator("#absent")];
      await until(
        async () => {
          const [above, below] = [await entry.boundingBox(), await notice.boundingBox()];
          return above && below && above.y + above.height <= below.y;
        },
        { what: "the message above the notice" },
      );
      await screenshot(page, `names-notice-${size}-${colorScheme}`);
    },
    testMs,
  );
}

test(
  "who is named and not in the room is told to the sender, who invites them by keyboard and goes on writing",
  async () => {
    const { page, away, here, problems } = await privateRoom();
    await say(page, `hello @${here.name}`);
    await sees(page, `hello @${here.name}`);
    await say(page, `hello @${away.name}`);
    await announced(page, `${away.name} isn't in this room, so they weren't notified.`);
    expect(await page.locator("#absent").count()).toBe(1);
    // What is written next is not disturbed.
    await page.keyboard.type("and more");
    expect(await page.inputValue("#text")).toBe("and more");
    await page.keyboard.press("Shift+Tab");
    expect(await page.getAttribute("#absent a:focus", "aria-label")).toBe("Dismiss");
    await page.keyboard.press("Shift+Tab");
    expect(await focused(page)).toBe(`Invite ${away.name}`);
    await page.keyboard.press("Enter");
    await announced(page, `Invited ${away.name}.`);
    expect((await away.get("/me/invitations")).body.items).toHaveLength(1);
    expect(await page.locator("#absent button").count()).toBe(0);
    expect(await page.locator("#absent .done").innerText()).toBe(`Invited ${away.name}`);
    expect(await page.getAttribute("#absent a:focus", "aria-label")).toBe("Dismiss");
    await page.keyboard.press("Escape");
    expect(await page.locator("#absent").count()).toBe(0);
    expect(await focused(page)).toBe("text");
    await page.keyboard.press("Enter");
    await sees(page, "and more");
    await page.reload();
    await sees(page, "and more");
    expect(await page.locator("#absent").count()).toBe(0);
    expect(problems).toEqual([]);
  },
  testMs,
);

test(
  "an edit in place that names them says it, and a refusal of the invitation is shown beside it",
  async () => {
    const { page, away } = await privateRoom();
    await say(page, "hello");
    await sees(page, "hello");
    await page.press("#text", "ArrowUp");
    await page.locator("form.edit textarea").fill(`hello @${away.name}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#absent button");
    await page.route("**/invite", (route) => route.fulfill({ status: 403, body: '<p class="problem">Not now.</p>' }));
    await page.click("#absent button");
    await page.getByRole("alert").filter({ hasText: "Not now." }).waitFor();
    await page.unroute("**/invite");
    await page.click("#absent button");
    await page.waitForSelector("#absent .done");
    expect(await page.locator("#absent .problem").count()).toBe(0);
    await page.click("#absent a");
    expect(await page.locator("#absent").count()).toBe(0);
  },
  testMs,
);

test(
  "without scripts the page after the form says it, invites, and is put away by its link",
  async () => {
    const { page, away, room } = await privateRoom({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    const post = async (text: string) => {
      await page.fill("#text", text);
      await page.click(".send");
    };
    await post(`hello @${away.name}`);
    await page.waitForSelector("#absent");
    await screenshot(page, "names-notice-no-script");
    await page.click("#absent a");
    await page.waitForURL(`${room}#composer`);
    expect(await page.locator("#absent").count()).toBe(0);
    await post(`again @${away.name}`);
    await page.click("#absent button");
    await page.waitForURL("**/people?invited=*");
    expect((await away.get("/me/invitations")).body.items).toHaveLength(1);
    await screenshot(page, "names-invited-no-script");
  },
  testMs,
);
