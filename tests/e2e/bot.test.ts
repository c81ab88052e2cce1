/** @superchat with a real, small model, as people see it in their browsers. Its words are never looked at: it is a toy. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ensureSmallModel, smallModel, smallModelFolder } from "../../scripts/services/small-model.ts";
import { useBrowser } from "../support/browser.ts";
import { say, signUpInBrowser, together } from "../support/chat-page.ts";
import { type StandaloneServer, startStandalone } from "../support/server.ts";
import { until } from "../support/wait.ts";

const startMs = 600_000;
const testMs = 120_000;
/** On a busy machine the model is loaded and reads the question first. */
const answerMs = 90_000;

const browser = useBrowser();
let server: StandaloneServer;
beforeAll(async () => {
  await ensureSmallModel();
  server = await startStandalone({ env: { LLM_MODEL: smallModel, LLM_FOLDER: smallModelFolder } });
}, startMs);
afterAll(async () => void (await server?.stop()));

const person = () => signUpInBrowser(browser, server.url);

test(
  "an answer grows in every browser, is whole after a reload in its middle, and stands once",
  async () => {
    const [ana, ben] = [await person(), await person()];
    await together(server.url, ana, ben);
    await say(ana.page, "@superchat Tell me a story about a boat.");
    const grown = (page: typeof ana.page) => page.locator(".message .grown").innerText();
    await ben.page.locator(".message .grown").waitFor({ timeout: answerMs });
    await until(async () => (await grown(ben.page).catch(() => "")).length > 20, {
      deadlineMs: answerMs,
      what: "the answer to grow",
    });
    await ben.page.reload();
    // Without its foot: only who asked may ask again.
    const text = (page: typeof ana.page) => page.locator(".text.answer > :not(.answer-foot)").allInnerTexts();
    for (const { page } of [ana, ben]) {
      await page.locator(".text.answer:not(.growing)").waitFor({ timeout: answerMs });
      expect(await page.locator(".text.answer").count()).toBe(1);
      expect(await page.locator(".message .by-model").innerText()).toContain(smallModel);
    }
    expect(await text(ben.page)).toEqual(await text(ana.page));
    expect((await text(ben.page)).join("")).not.toBe("");
    expect([...ana.problems, ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "who asked stops it, nobody else is offered that, and asks again",
  async () => {
    const [ana, ben] = [await person(), await person()];
    await together(server.url, ana, ben);
    await say(ana.page, "@superchat Count from one to a thousand, slowly.");
    const stop = ana.page.getByRole("button", { name: "Stop" });
    await stop.waitFor({ timeout: answerMs });
    await ben.page.locator(".text.answer.growing").waitFor({ timeout: answerMs });
    expect(await ben.page.getByRole("button", { name: "Stop" }).isVisible()).toBe(false);
    await stop.click();
    for (const { page } of [ana, ben]) await page.getByText("Stopped.").waitFor({ timeout: 5_000 });
    await ana.page.getByRole("button", { name: "Ask again" }).click();
    await ben.page.locator(".text.answer").nth(1).waitFor({ timeout: answerMs });
    expect([...ana.problems, ...ben.problems]).toEqual([]);
  },
  testMs,
);

test(
  "without scripts the buttons are forms, and a reload shows the text so far",
  async () => {
    const ana = await signUpInBrowser(browser, server.url, { javaScriptEnabled: false });
    await ana.page.fill("#text", "@superchat Count from one to a thousand.");
    await ana.page.getByRole("button", { name: "Send" }).click();
    const stop = ana.page.locator(".asked .answer-action button");
    await until(
      async () => {
        await ana.page.reload();
        return await stop.isVisible();
      },
      { deadlineMs: answerMs, what: "the answer to be there" },
    );
    await stop.click();
    await until(
      async () => {
        await ana.page.reload();
        return await ana.page.getByText("Stopped.").isVisible();
      },
      { deadlineMs: 5_000, what: "the answer to be stopped" },
    );
  },
  testMs,
);
