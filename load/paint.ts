/** From pressing Enter in one browser to the painted message in another, both on this machine. */
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../scripts/chromium.ts";
import { freshName, signUpPerson } from "../tests/support/api-person.ts";
import { pagePassword } from "../tests/support/page-person.ts";
import type { Figure } from "./figure.ts";
import { percentile } from "./process-usage.ts";

const messages = 200;
const warmUp = 20;
const pauseMs = 60;
const seenWithinMs = 10_000;

export async function measurePaint(url: string): Promise<readonly Figure[]> {
  const browser = await launchChromium();
  try {
    const owner = await signUpPerson(url);
    const { slug } = await owner.createRoom(freshName("paint"));
    const [writer, reader] = [await openRoom(browser, url, slug), await openRoom(browser, url, slug)];
    await reader.evaluate(recordPaints);
    const delays: number[] = [];
    for (let n = 0; n < messages + warmUp; n++) {
      const text = `paint ${n}.`;
      await writer.fill("#text", text);
      const sentAt = await writer.evaluate(pressEnter);
      const paintedAt = await reader.waitForFunction((wanted) => window.paints?.get(wanted), text, {
        timeout: seenWithinMs,
      });
      if (n >= warmUp) delays.push(((await paintedAt.jsonValue()) ?? Number.NaN) - sentAt);
      await Bun.sleep(pauseMs);
    }
    return [
      { what: "send to paint in the second browser, p50", value: percentile(delays, 0.5), unit: "ms" },
      { what: "send to paint in the second browser, p99", value: percentile(delays, 0.99), unit: "ms" },
    ];
  } finally {
    await browser.close();
  }
}

async function openRoom(browser: Browser, url: string, slug: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}/sign-up`);
  await page.fill("input[name=name]", freshName("paint"));
  await page.fill("input[name=password]", pagePassword);
  await page.click("form[action='/sign-up'] button");
  await page.goto(`${url}/rooms/${slug}`);
  await page.getByRole("button", { name: "Join this room" }).click();
  await page.waitForSelector("#composer");
  return page;
}

declare global {
  interface Window {
    paints?: Map<string, number>;
  }
}

/** In the reader: when each message's text was on the screen, by the wall clock that both pages share. */
function recordPaints(): void {
  const paints = new Map<string, number>();
  window.paints = paints;
  const log = document.querySelector("#log");
  if (log === null) return;
  new MutationObserver((changes) => {
    const texts = changes.flatMap(({ addedNodes }) =>
      [...addedNodes].flatMap((node) =>
        node instanceof Element ? (node.querySelector(".text")?.textContent?.trim() ?? []) : [],
      ),
    );
    // After the frame that shows it: the frame callback runs before painting, the timer after.
    requestAnimationFrame(() =>
      setTimeout(() => {
        for (const text of texts) paints.set(text, performance.timeOrigin + performance.now());
      }),
    );
  }).observe(log, { childList: true });
}

/** In the writer. @returns when it was pressed, by the wall clock */
function pressEnter(): number {
  const field = document.querySelector("#text");
  const pressedAt = performance.timeOrigin + performance.now();
  field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  return pressedAt;
}
