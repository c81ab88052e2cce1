/**
 * One open page of a room into which many people write: what its main thread spends, and whether the page stays small and
 * shows everything. The time of the main thread is its processor time, so that other work on the machine does not count.
 */
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchChromium } from "../scripts/chromium.ts";
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import type { Figure } from "./figure.ts";
import { sendPaced } from "./paced.ts";
import { percentile } from "./process-usage.ts";
import { openLoadSocket } from "./transport.ts";

const perSecond = 500;
const seconds = 10;
const warmUpSeconds = 2;
const writers = 20;
const shownWithinMs = 30_000;
const pollMs = 20;
const viewport = { width: 1280, height: 800 };
const sample = "The quick brown **fox** jumps over the lazy dog, and `the dog` says nothing about it.";

export async function measureBusyPage(url: string): Promise<readonly Figure[]> {
  const people = await Promise.all(Array.from({ length: writers }, () => signUpPerson(url)));
  const [reader] = people;
  if (reader === undefined) return [];
  const room = await reader.createRoom(freshName("busy"));
  for (const person of people) await person.call("PUT", `/rooms/${room.id}/members/me`);
  const sockets = await Promise.all(people.map(({ token }) => openLoadSocket({ url, token })));
  const send = (n: number) => sockets[n % writers]?.post(room.id, `${sample} ${n}`) ?? Promise.reject();
  const newest = async () => (await reader.get(`/rooms/${room.id}`)).body.room.offset;
  const browser = await launchChromium();
  try {
    const page = await openPage(browser, `${url}/rooms/${room.slug}`, reader);
    return await measure(page, send, newest);
  } finally {
    for (const socket of sockets) socket.close();
    await browser.close();
  }
}

async function openPage(browser: Browser, address: string, { token }: ApiPerson): Promise<Page> {
  const context = await browser.newContext({ viewport });
  await context.addCookies([{ name: "superchat_access", value: token, url: new URL("/", address).href }]);
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector("#composer");
  return page;
}

async function measure(
  page: Page,
  send: (n: number) => Promise<number>,
  newest: () => Promise<number>,
): Promise<readonly Figure[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await sendPaced(perSecond, warmUpSeconds, send);
  await untilShown(page, await newest());
  await page.evaluate(watchFrames);
  const before = await metricsOf(session);
  const from = performance.now();
  const { acked, failed, seconds: sentIn } = await sendPaced(perSecond, seconds, send);
  const ackedAt = performance.now();
  await untilShown(page, await newest());
  const [took, late] = [(performance.now() - from) / 1_000, performance.now() - ackedAt];
  const after = await metricsOf(session);
  const { entries, missing, elements, frames } = await page.evaluate(lookAtPage);
  const spent = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const share = (what: string, name: string): Figure => {
    return { what: `main thread: ${what}`, value: (spent(name) * 100) / took, unit: "%" };
  };
  return [
    { what: "messages sent", value: acked / sentIn, unit: "/s" },
    ...(failed > 0 ? [{ what: "messages refused", value: failed, unit: "" }] : []),
    share("all of its work", "TaskDuration"),
    share("scripts", "ScriptDuration"),
    share("layout", "LayoutDuration"),
    share("styles", "RecalcStyleDuration"),
    { what: "main thread per message", value: (spent("TaskDuration") * 1_000) / acked, unit: "ms" },
    { what: "the last message is shown after its ack, at most", value: late, unit: "ms" },
    { what: "between two frames, p50", value: percentile(frames, 0.5), unit: "ms" },
    { what: "between two frames, p99", value: percentile(frames, 0.99), unit: "ms" },
    { what: "messages in the page at the end", value: entries, unit: "" },
    { what: "messages missing between them", value: missing, unit: "" },
    { what: "elements of the document at the end", value: elements, unit: "" },
  ];
}

async function metricsOf(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

async function untilShown(page: Page, offset: number): Promise<void> {
  const isShown = (wanted: number) => document.querySelector(`#m-${wanted}`) !== null;
  await page.waitForFunction(isShown, offset, { timeout: shownWithinMs, polling: pollMs });
}

declare global {
  interface Window {
    framesAt?: number[];
  }
}

/** In the page: when it drew. */
function watchFrames(): void {
  const framesAt: number[] = [];
  window.framesAt = framesAt;
  const note = (at: number) => {
    framesAt.push(at);
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}

/** In the page. */
function lookAtPage() {
  const entries = [...document.querySelectorAll<HTMLElement>("#log > [data-offset]")];
  const offsets = entries.map(({ dataset }) => Number(dataset.offset));
  const missing = offsets.reduce((sum, offset, n) => sum + offset - (offsets[n - 1] ?? offset - 1) - 1, 0);
  const elements = document.querySelectorAll("*").length;
  const framesAt = window.framesAt ?? [];
  return {
    entries: entries.length,
    missing,
    elements,
    frames: framesAt.slice(1).map((at, n) => at - (framesAt[n] ?? at)),
  };
}
