/** The end of the list, by a scripted server: it stays in sight when the newest message grows, and messages that follow each other are grouped. */
import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { pending, TEST_MAX_MS, until, usePage } from "./page-code-harness.ts";

const it = usePage();

/** How many pixels of the conversation are below what is seen. */
const below = (page: Page) =>
  page.$eval("#scroller", (scroller) => Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight));

const seenWhole = (page: Page, selector: string) =>
  page.evaluate((wanted) => {
    const seen = document.getElementById("scroller")?.getBoundingClientRect();
    const box = document.querySelector(wanted)?.getBoundingClientRect();
    return !!seen && !!box && box.top >= seen.top && box.bottom <= seen.bottom + 1;
  }, selector);

async function fill(): Promise<void> {
  for (let n = 0; n < 30; n++) it.server.append(`line ${n}`);
  await until(async () => (await it.page.$("#m-30")) !== null);
  await until(async () => (await below(it.page)) === 0);
}

async function goOffline(): Promise<void> {
  it.server.refuseConnections(true);
  it.server.closeAll(1012);
  await until(() => it.server.connected() === 0);
}

test(
  "the list stays at its end when a message that waits says that it is not sent yet, and why it was refused",
  async () => {
    await fill();
    it.server.answerWith(() => "lose");
    await it.write("waits");
    await until(async () => (await pending(it.page)).join() === "sending waits");
    await goOffline();
    await it.page.getByText("Not sent yet — retrying").waitFor();
    await until(async () => (await below(it.page)) === 0);
    const sentence = "You may not write here. ".repeat(30);
    it.server.answerWith(() => ({ code: "forbidden", sentence }));
    it.server.refuseConnections(false);
    await it.page.waitForSelector("#pending [data-state=refused]");
    await until(async () => (await below(it.page)) === 0);
    expect(await seenWhole(it.page, "#pending [data-action=discard]")).toBe(true);
  },
  TEST_MAX_MS,
);

test(
  "an edit of the newest message, and why it was not saved, are seen to their end",
  async () => {
    await fill();
    await it.page.route("**/edit", (route) =>
      route.fulfill({
        status: 422,
        contentType: "text/html",
        body: `<p class="problem">${"The message is empty. ".repeat(30)}</p>`,
      }),
    );
    await it.write("mine");
    await until(async () => (await it.page.$("#m-31")) !== null);
    await it.page.press("#text", "ArrowUp");
    await until(() => seenWhole(it.page, ".edit button[type=button]"));
    await it.page.fill(".edit textarea", "\n".repeat(4));
    await it.page.click(".edit [type=submit]");
    await it.page.waitForSelector(".edit .problem");
    await until(() => seenWhole(it.page, ".edit button[type=button]"));
    await until(async () => (await below(it.page)) === 0);
  },
  TEST_MAX_MS,
);

test(
  "messages that were written while there was no connection are grouped, as they wait and when they came",
  async () => {
    const grouped = (list: string) =>
      it.page.$$eval(`${list} > .message`, (all) => all.map((each) => each.classList.contains("grouped")));
    it.server.append("by somebody else");
    await it.shows(["by somebody else"]);
    await goOffline();
    for (const text of ["one", "two", "three"]) await it.write(text);
    await until(async () => (await pending(it.page)).length === 3);
    expect(await grouped("#pending")).toEqual([false, true, true]);
    it.server.refuseConnections(false);
    await it.shows(["by somebody else", "one", "two", "three"]);
    expect(await grouped("#log")).toEqual([false, false, true, true]);
    it.server.append("by somebody else");
    await it.write("four");
    await it.shows(["by somebody else", "one", "two", "three", "by somebody else", "four"]);
    expect(await grouped("#log")).toEqual([false, false, true, true, false, false]);
  },
  TEST_MAX_MS,
);
