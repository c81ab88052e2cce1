/** First paint of a room's page on a phone that has never been here: a slow processor, a slow net, an empty cache. */
import type { Browser, CDPSession } from "playwright-core";
import { launchChromium } from "../scripts/chromium.ts";
import type { ApiPerson } from "../tests/support/api-person.ts";
import type { Figure } from "./figure.ts";
import { furnishRoom } from "./furnished-room.ts";
import { percentile } from "./process-usage.ts";

const visits = 10;
/** Slow 4G, as Lighthouse has it, and a processor a quarter as fast as this one. */
const slowerBy = 4;
const net = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true };
const liveWithinMs = 30_000;

interface Paint {
  readonly first: number;
  readonly largest: number;
  readonly live: number;
}

export async function measurePaintPhone(url: string): Promise<readonly Figure[]> {
  const { room, reader } = await furnishRoom(url);
  const browser = await launchChromium();
  try {
    const paints: Paint[] = [];
    // The first visit starts parts of the browser, too.
    for (let n = -1; n < visits; n++) {
      const paint = await visit(browser, `${url}/rooms/${room.slug}`, reader);
      if (n >= 0) paints.push(paint);
    }
    const figure = (what: string, values: readonly number[], share: number): Figure => {
      return { what, value: percentile(values, share), unit: "ms" };
    };
    const firsts = paints.map(({ first }) => first);
    const largest = paints.map((paint) => paint.largest);
    const live = paints.map((paint) => paint.live);
    return [
      figure("first contentful paint on a phone, p50", firsts, 0.5),
      figure("first contentful paint on a phone, slowest", firsts, 1),
      figure("largest contentful paint on a phone, p50", largest, 0.5),
      figure("the page is live on a phone, p50", live, 0.5),
    ];
  } finally {
    await browser.close();
  }
}

async function visit(browser: Browser, address: string, { token }: ApiPerson): Promise<Paint> {
  const context = await browser.newContext(phone);
  try {
    await context.addCookies([{ name: "superchat_access", value: token, url: new URL("/", address).href }]);
    const page = await context.newPage();
    await slowDown(await context.newCDPSession(page));
    await page.addInitScript(watchPaints);
    await page.goto(address);
    await page.waitForFunction(() => window.livePaint?.live, undefined, { timeout: liveWithinMs });
    return await page.evaluate(() => window.livePaint ?? { first: Number.NaN, largest: Number.NaN, live: Number.NaN });
  } finally {
    await context.close();
  }
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", net);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowerBy });
}

declare global {
  interface Window {
    livePaint?: { first: number; largest: number; live: number };
  }
}

/** In the page, before anything of it runs: milliseconds from the start of its navigation. */
function watchPaints(): void {
  const paint = { first: 0, largest: 0, live: 0 };
  window.livePaint = paint;
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") paint.first = startTime;
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    paint.largest = list.getEntries().at(-1)?.startTime ?? paint.largest;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  document.addEventListener("htmx:ws:after:connection", () => {
    paint.live = performance.now();
  });
}
