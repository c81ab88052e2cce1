/** Going back after signing out shows nothing of what was there, without scripts too, in a browser that keeps whole pages for going back. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { buildAssets } from "#gateway/assets.ts";
import { launchChromium } from "../../scripts/chromium.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

const slowMs = 60_000;
const secret = "what only members read";
let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await startGateway({ assets: await buildAssets() });
  browser = await launchChromium({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
}, slowMs);
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
}, slowMs);

test.each([false, true])(
  "with scripts: %s",
  async (javaScriptEnabled) => {
    const ana = await signUpPerson(gateway.url, freshName("back"));
    const { slug, id } = await ana.createRoom(freshName("hidden"), "private");
    await ana.post(id, secret);
    await using context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${gateway.url}/sign-in`);
    await page.fill('input[name="name"]', ana.name);
    await page.fill('input[name="password"]', ana.password);
    await Promise.all([page.waitForURL(/rooms/), page.press('input[name="password"]', "Enter")]);
    await page.goto(`${gateway.url}/rooms/${slug}`);
    await page.getByText(secret).first().waitFor();
    await page.goto(`${gateway.url}/sessions`);
    const signOut = page.locator('form[action="/sign-out"] button').first();
    await signOut.waitFor({ state: "attached" });
    const from = performance.now();
    await Promise.all([
      page.waitForURL((url) => url.pathname === "/" || url.pathname === "/sign-in"),
      signOut.evaluate((b: HTMLButtonElement) => b.form?.requestSubmit(b)),
    ]);
    expect(performance.now() - from).toBeLessThan(5_000);
    for (let n = 0; n < 2; n++) {
      await page.goBack({ waitUntil: "load" });
      expect(await page.content()).not.toContain(secret);
    }
    expect(page.url()).toContain("/sign-in");
  },
  slowMs,
);
