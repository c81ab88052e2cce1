/** Chromium for a test file: one browser, and for every person in a test a context of their own. */
import { afterAll, beforeAll } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.ts";

const OPEN_DEADLINE_MS = 60_000;
/** What a click, a wait or a page load may take before it fails with its own message, well within a test's time. */
const ACTION_DEADLINE_MS = 10_000;
const resultsFolder = join(import.meta.dir, "..", "..", "test-results");

export interface Person extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in their pages: uncaught errors, and what was logged as an error. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export interface TestBrowser {
  /** Somebody with cookies and storage of their own; their first page is blank. */
  newPerson(options?: BrowserContextOptions): Promise<Person>;
}

/** Call it at the top of a test file: the browser opens before its tests and closes after them. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  }, OPEN_DEADLINE_MS);
  afterAll(async () => await browser?.close(), OPEN_DEADLINE_MS);

  return {
    async newPerson(options = {}) {
      if (!browser) throw new Error("the browser opens in beforeAll: ask for people inside a test");
      const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
      context.setDefaultTimeout(ACTION_DEADLINE_MS);
      const problems: string[] = [];
      context.on("weberror", (event) => void problems.push(String(event.error())));
      context.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      const close = () => context.close();
      return { context, page: await context.newPage(), problems, close, [Symbol.asyncDispose]: close };
    },
  };
}

/** Writes test-results/NAME.png. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(resultsFolder, { recursive: true });
  const path = join(resultsFolder, `${name}.png`);
  await page.screenshot({ path });
  return path;
}
