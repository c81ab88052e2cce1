/** One browser for a file of tests, and for each test a fresh server, context and page, with the questions tests ask them. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.ts";
import { until as wait } from "../support/wait.ts";
import { type PageServer, startPageServer } from "./page-code-server.ts";

const WAIT_MAX_MS = 8_000;
export const TEST_MAX_MS = 30_000;

export interface PageHarness {
  readonly server: PageServer;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Another tab on the room, connected. */
  open(): Promise<Page>;
  /** The log's texts in order, once nothing is pending; fails on any script error. */
  shows(expected: readonly string[], where?: Page): Promise<void>;
  write(text: string, where?: Page): Promise<void>;
}

export function usePage(): PageHarness {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let server: PageServer;
  let errors: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  }, TEST_MAX_MS);
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await startPageServer();
    context = await browser.newContext();
    errors = [];
    page = await open();
  });
  afterEach(async () => {
    await context.close();
    await server.stop();
  });

  async function open(): Promise<Page> {
    const opened = await context.newPage();
    opened.on("pageerror", (error) => errors.push(String(error)));
    const before = server.connected();
    await opened.goto(server.url);
    await until(() => server.connected() > before);
    return opened;
  }

  return {
    open,
    get server() {
      return server;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    async shows(expected, where = page) {
      await until(async () => (await texts(where)).length >= expected.length && (await pending(where)).length === 0);
      expect(await texts(where)).toEqual([...expected]);
      expect(errors).toEqual([]);
    },
    async write(text, where = page) {
      await where.fill("#text", text);
      await where.press("#text", "Enter");
    },
  };
}

export const until = (done: () => boolean | Promise<boolean>) =>
  wait(done, { deadlineMs: WAIT_MAX_MS, what: `${done}` });

export const texts = (where: Page) =>
  where.$$eval("#log > .message .text", (found) => found.map((element) => element.textContent ?? ""));

/** State and text of each message that waits. */
export const pending = (where: Page) =>
  where.$$eval("#pending > li", (found) =>
    found.map((item) => `${item.getAttribute("data-state")} ${item.querySelector(".text")?.textContent}`),
  );

/** How many messages the outbox keeps on disk. */
export const stored = (where: Page) =>
  where.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("superchat", 1);
        opening.onsuccess = () => {
          const count = opening.result.transaction("outbox").objectStore("outbox").count();
          count.onsuccess = () => resolve(count.result);
        };
      }),
  );
