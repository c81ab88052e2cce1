/** Writes times and days in the reader's own zone and by their clock, anew when those or the day have changed, and tells the server for the next page. */
import { closest } from "./elements.ts";
import { spokenDay, spokenTime, timeAgo } from "./spoken-times.ts";

const YEAR_S = 31_536_000;
const DAY_MS = 86_400_000;
/** Timers stand still while a machine sleeps, and nothing tells a page that it has woken: it looks this often. */
const LOOK_EVERY_MS = 30_000;
/** A day is over a moment after midnight. */
const MIDNIGHT_SLACK_MS = 50;

interface Clock {
  /** Zone, habit and day that all words on the page go by. */
  readonly key: string;
  readonly zone: string;
  readonly hour12: boolean;
  readonly time: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

/** What the browser says now: its zone changes with travel. */
function readClock(): Clock {
  const { timeZone: zone, hour12 = false } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  return {
    key: [zone, hour12, localDay(new Date())].join(),
    zone,
    hour12,
    time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    exact: format({ dateStyle: "full", timeStyle: "long", hour12 }),
  };
}

let clock = readClock();

/** The local calendar day, as 2026-11-21. */
export function localDay(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** "Today", "Yesterday", or the date; `day` as localDay writes it. */
export const nameDay = (day: string, now = new Date()) => spokenDay(day, localDay(now));

export function untilMidnightMs(now = new Date()): number {
  const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return Math.min(next.getTime() - now.getTime(), DAY_MS);
}

/** Rewrites the days and times of day inside a message, note or day separator. */
export function localizeTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) write(time);
}

function write(time: HTMLTimeElement): void {
  const value = time.dateTime;
  const date = new Date(value);
  if (value.length <= 10) time.textContent = nameDay(value);
  else if (!Number.isNaN(date.getTime())) time.textContent = spokenTime(clock.time.format(date), clock.hour12);
}

/**
 * Exact times on hover, the zone and the clock in cookies, and all words renewed when the day is over, the zone another, or the page was
 * asleep meanwhile. @param renewed the days may begin elsewhere now
 */
export function keepTimesLocal(renewed: () => void): void {
  document.addEventListener("pointerover", ({ target }) => {
    const time = closest<HTMLTimeElement>(target, "time");
    if (time && !time.title && time.dateTime.length > 10) time.title = clock.exact.format(new Date(time.dateTime));
  });
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(LOOK_EVERY_MS, untilMidnightMs() + MIDNIGHT_SLACK_MS));
    for (const time of document.querySelectorAll<HTMLTimeElement>("time.ago")) {
      time.textContent = timeAgo(time.dateTime, Date.now());
    }
    const now = readClock();
    if (now.key === clock.key) return;
    clock = now;
    tellServer();
    for (const time of document.querySelectorAll<HTMLTimeElement>("#log time, #pending time")) {
      time.removeAttribute("title");
      write(time);
    }
    renewed();
  };
  document.addEventListener("visibilitychange", look);
  for (const event of ["pageshow", "focus", "online"]) addEventListener(event, look);
  tellServer();
  look();
}

function tellServer(): void {
  for (const said of [`tz=${clock.zone}`, `clock=${clock.hour12 ? 12 : 24}`]) {
    if (document.cookie.split("; ").includes(said)) continue;
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store does not exist outside secure contexts
    document.cookie = `${said}; path=/; max-age=${YEAR_S}; samesite=lax`;
  }
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}
