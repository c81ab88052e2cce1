/** People who come and go, in a real browser: folded live as on the first paint, and moved in the list of who is here. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { signUpInBrowser } from "../support/chat-page.ts";
import { startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const startMs = 120_000;
const testMs = 60_000;
const browser = useBrowser();
let server: Awaited<ReturnType<typeof startStandalone>>;
beforeAll(async () => {
  server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });
}, startMs);
afterAll(async () => void (await server?.stop()), startMs);

const notesOf = async (page: Page) => await page.locator("#log > .note").allInnerTexts();
/** Of the list without what only the reader's clock makes of it. */
const listOf = async (page: Page) =>
  await page.evaluate(() =>
    [...document.querySelectorAll("#log > li:not(.day, .unread-line)")].map(({ outerHTML }) =>
      outerHTML.replace(/<time.*?<\/time>/g, ""),
    ),
  );

test(
  "joins and leaves fold as they arrive, as they do on the first paint",
  async () => {
    const ana = await signUpInBrowser(browser, server.url);
    const owner = await signUpPerson(server.url, freshName("own"));
    const room = await owner.createRoom(freshName("door"));
    await ana.page.goto(`${server.url}/rooms/${room.slug}`);
    await ana.page.getByRole("button", { name: "Join this room" }).click();
    await ana.page.waitForSelector("#composer");
    const [ben, cy, dee] = await Promise.all(
      ["ben", "cy", "dee"].map((name) => signUpPerson(server.url, freshName(name))),
    );
    if (!ben || !cy || !dee) throw new Error("three people");
    const path = `/rooms/${room.id}/members/me`;
    for (const each of [ben, cy]) await each.call("PUT", path);
    const first = `${owner.name}, ${ana.name} and 2 others joined`;
    await until(async () => (await notesOf(ana.page)).includes(first), { what: "one line", deadlineMs: 20_000 });
    await cy.call("DELETE", path);
    const second = `${owner.name}, ${ana.name} and 1 other joined · ${cy.name} left`;
    await until(async () => (await notesOf(ana.page)).includes(second), { what: "who left", deadlineMs: 20_000 });
    await ben.post(room.id, "between them");
    await ana.page.waitForSelector("text=between them");
    await dee.call("PUT", path);
    await until(async () => (await notesOf(ana.page)).includes(`${dee.name} joined.`), {
      what: "dee",
      deadlineMs: 20_000,
    });
    await ana.page.locator(".fold summary").click();
    expect(await ana.page.locator(".fold ul > li").count()).toBe(5);

    const live = await listOf(ana.page);
    await ana.page.reload();
    const painted = await listOf(ana.page);
    const alike = (html: string) => html.replace(/ open=""/, "").replace(/ (id|class|data-[a-z]+)="[^"]*"/g, "");
    expect(live.map(alike)).toEqual(painted.map(alike));
    const places = async () =>
      await ana.page
        .locator("#log > .note")
        .evaluateAll((all) => all.map((each) => ({ ...(each as HTMLElement).dataset })));
    const before = await places();
    await dee.call("DELETE", path);
    await until(async () => (await notesOf(ana.page)).includes(`${dee.name} left`), {
      what: "folded on",
      deadlineMs: 20_000,
    });
    const after = await places();
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    const [single, folded] = [before.at(-1), after.at(-1)];
    expect(folded?.from).toBe(single?.offset as string);
    expect(Number(folded?.offset)).toBe(Number(single?.offset) + 1);
    await ben.post(room.id, "and on");
    await ana.page.waitForSelector("text=and on");
    expect(ana.problems).toEqual([]);
  },
  testMs,
);

test(
  "who comes and goes changes the list, with its counts",
  async () => {
    const [ana, ben] = [await signUpInBrowser(browser, server.url), await signUpInBrowser(browser, server.url)];
    const owner = await signUpPerson(server.url);
    const room = await owner.createRoom(freshName("here"));
    for (const { page } of [ana, ben]) {
      await page.goto(`${server.url}/rooms/${room.slug}`);
      await page.getByRole("button", { name: "Join this room" }).click();
      await page.waitForSelector("#composer");
    }
    const column = async () =>
      (await ana.page.locator("#people .column").innerText())
        .replace(/^[A-Z0-9]{1,2}$/gm, "")
        .replace(/\s+/g, " ")
        .trim();
    const here = `Online — 2 ${ana.name} (you) ${ben.name} Others — 1 ${owner.name}`;
    await until(async () => (await column()) === here, { what: here, deadlineMs: 20_000 });
    await ben.page.goto("about:blank");
    const others = [ben.name, owner.name].sort();
    const alone = `Online — 1 ${ana.name} (you) Others — 2 ${others.join(" ")}`;
    await until(async () => (await column()) === alone, { what: alone, deadlineMs: 30_000 });
    await ben.page.goto(`${server.url}/rooms/${room.slug}`);
    await until(async () => (await column()) === here, { what: here, deadlineMs: 20_000 });
  },
  testMs,
);
