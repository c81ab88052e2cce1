/** Writes times and days in the reader's own zone and tells the server the zone for the next page. */

const YEAR_S = 31_536_000;
const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });
const longDay = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });

/** The local calendar day, as 2026-11-21. */
export function localDay(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** "Today", "Yesterday", or the date; `day` as localDay writes it. */
export function nameDay(day: string, now = new Date()): string {
  if (day === localDay(now)) return "Today";
  if (day === localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return "Yesterday";
  const noon = new Date(`${day}T12:00:00`);
  return (noon.getFullYear() === now.getFullYear() ? weekday : longDay).format(noon);
}

export function untilMidnightMs(now = new Date()): number {
  const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return Math.min(next.getTime() - now.getTime(), DAY_MS);
}

/** Rewrites the days and times of day inside a message, note or day separator. */
export function localizeTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const value = time.dateTime;
    if (value.length <= 10) {
      time.textContent = nameDay(value);
      continue;
    }
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) time.textContent = clock.format(date);
  }
}

/** Exact times on hover, day names renewed at midnight, and the zone in a cookie. */
export function keepTimesLocal(): void {
  document.addEventListener("pointerover", ({ target }) => {
    const time = target instanceof Element ? target.closest("time") : null;
    if (time && !time.title && time.dateTime.length > 10) time.title = exact.format(new Date(time.dateTime));
  });
  const renewDays = () => {
    for (const day of document.querySelectorAll(".day")) localizeTimes(day);
    setTimeout(renewDays, untilMidnightMs() + 1000);
  };
  setTimeout(renewDays, untilMidnightMs() + 1000);
  const zone = `tz=${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
  if (!document.cookie.split("; ").includes(zone)) {
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store does not exist outside secure contexts
    document.cookie = `${zone}; path=/; max-age=${YEAR_S}; samesite=lax`;
  }
}

const pad = (part: number) => String(part).padStart(2, "0");
