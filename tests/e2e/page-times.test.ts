/** Times and days as the page says them: through midnight and sleep, in another zone, by either clock, and as the server has said them. */
import { expect, test } from "bun:test";
import { signUpPerson } from "../support/api-person.ts";
import { useBrowser } from "../support/browser.ts";
import { say, sees, signUpInBrowser } from "../support/chat-page.ts";
import { useStandalone } from "../support/use-standalone.ts";
import { TEST_MAX_MS, texts, until, usePage } from "./page-code-harness.ts";

const DAY_MS = 86_400_000;

const it = usePage();
const browser = useBrowser();
const server = useStandalone();

const days = () => it.page.$$eval("#log > .day", (all) => all.map((day) => day.textContent));

async function openWithClock(): Promise<number> {
  it.server.append("said today");
  const now = Date.parse(it.server.entries[0]?.at ?? "");
  await it.page.clock.install({ time: now });
  await it.page.goto(it.server.url);
  await until(() => it.server.connected() === 1);
  await until(async () => (await days()).length === 1);
  expect(await days()).toEqual(["Today"]);
  return now;
}

for (const event of ["visibilitychange", "pageshow", "focus"]) {
  test(
    `a page that slept past midnight knows it at its ${event}`,
    async () => {
      const now = await openWithClock();
      await it.page.hover("#log time");
      await it.page.clock.setSystemTime(now + DAY_MS);
      await it.page.evaluate((name) => void document.dispatchEvent(new Event(name, { bubbles: true })), event);
      await until(async () => (await days())[0] === "Yesterday");
      it.server.append("said later");
      await until(async () => (await texts(it.page)).length === 2);
      expect((await days())[0]).toBe("Yesterday");
    },
    TEST_MAX_MS,
  );
}

test(
  "a page that is looked at through midnight changes its days by itself, in whatever steps its timers ran",
  async () => {
    const now = await openWithClock();
    const midnight = await it.page.evaluate(() => new Date().setHours(24, 0, 0, 0));
    await it.page.clock.setSystemTime(midnight - 1_000);
    await it.page.clock.runFor(31_000);
    await until(async () => (await days())[0] === "Yesterday");
    await it.page.clock.setSystemTime(now + 3 * DAY_MS);
    await it.page.clock.runFor(31_000);
    await until(async () => !["Today", "Yesterday"].includes((await days())[0] ?? ""));
  },
  TEST_MAX_MS,
);

test(
  "in another time zone the times, the days and the cookie are others",
  async () => {
    const zones = await it.context.newCDPSession(it.page);
    await zones.send("Emulation.setTimezoneOverride", { timezoneId: "Pacific/Kiritimati" });
    for (let hour = 0; hour < 24; hour += 3) it.server.append(`at ${hour}`);
    for (const [each, entry] of it.server.entries.entries())
      Object.assign(entry, { at: new Date(Date.UTC(2025, 5, 10, each * 3)).toISOString() });
    await it.page.reload();
    const told = async () => ({
      days: await days(),
      times: await it.page.$$eval("#log > .message time", (all) => all.map((time) => time.textContent)),
    });
    await until(async () => (await days()).length === 2);
    expect((await told()).days).toEqual(["Tuesday 10 June 2025", "Wednesday 11 June 2025"]);
    expect((await told()).times[0]).toMatch(/^(?:14:00|2:00 PM)$/);
    await zones.send("Emulation.setTimezoneOverride", { timezoneId: "Pacific/Pago_Pago" });
    await it.page.evaluate(() => void window.dispatchEvent(new Event("focus")));
    await until(async () => (await days())[0] === "Monday 9 June 2025");
    expect((await told()).days).toEqual(["Monday 9 June 2025", "Tuesday 10 June 2025"]);
    expect((await told()).times[0]).toMatch(/^(?:13:00|1:00 PM)$/);
    expect(await it.page.evaluate(() => document.cookie)).toContain("tz=Pacific/Pago_Pago");
  },
  TEST_MAX_MS,
);

for (const [locale, time] of [
  ["en-US", /^(?:1[0-2]|[1-9]):\d\d [AP]M$/],
  ["en-GB", /^\d\d:\d\d$/],
  ["de-DE", /^\d\d:\d\d$/],
] as const) {
  test(
    `in ${locale} a time is the same as the server writes it, with scripts and without, and as it comes live`,
    async () => {
      const other = await signUpPerson(server.url);
      await other.post("lobby", `before ${locale}`);
      const { page, context } = await signUpInBrowser(browser, server.url, { locale, timezoneId: "Asia/Tokyo" });
      await say(page, `live ${locale}`);
      await sees(page, `live ${locale}`);
      const told = (where: typeof page) =>
        where.$$eval("#log > .message .at time, #log > .day time", (all) => all.map((each) => each.textContent ?? ""));
      await until(async () => (await page.locator(".pending").count()) === 0);
      const live = await told(page);
      expect(live.at(-1)).toMatch(time);
      const plain = await browser.newPerson({
        ...{ storageState: await context.storageState(), javaScriptEnabled: false, locale },
      });
      await plain.page.goto(`${server.url}/rooms/lobby`);
      expect(await told(plain.page)).toEqual(live);
      expect(await plain.page.locator(".no-script", { hasText: "Times are in Asia/Tokyo." }).count()).toBe(1);
      // Before any script has run, the language decides.
      await context.clearCookies({ name: "clock" });
      const first = await context.request.get(`${server.url}/rooms/lobby`, { headers: { "accept-language": locale } });
      expect(/<time datetime="[^"]{11,}">([^<]+)<\/time>/.exec(await first.text())?.[1]).toMatch(time);
    },
    TEST_MAX_MS,
  );
}
