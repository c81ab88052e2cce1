/** How times and days are written, by the server and by the page alike: in the words of the page, by the clock its reader is used to. */

const DAY_MS = 86_400_000;

/** "20:05" as it is, or "8:05 PM" for those who count to twelve. */
export function spokenTime(clock: string, hour12: boolean): string {
  const [hours = "", minutes = ""] = clock.split(":");
  return hour12 ? `${Number(hours) % 12 || 12}:${minutes} ${Number(hours) < 12 ? "AM" : "PM"}` : clock;
}

const inWords = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" } as const;
const thisYear = new Intl.DateTimeFormat("en-GB", inWords);
const anyYear = new Intl.DateTimeFormat("en-GB", { ...inWords, year: "numeric" });

/** A day, as 2026-11-21, as it is spoken of on another one: "Today", "Yesterday", "Friday 20 November". */
export function spokenDay(day: string, today: string): string {
  if (day === today) return "Today";
  const date = new Date(`${day}T00:00:00Z`);
  if (date.getTime() === new Date(`${today}T00:00:00Z`).getTime() - DAY_MS) return "Yesterday";
  return (day.slice(0, 4) === today.slice(0, 4) ? thisYear : anyYear).format(date).replace(",", "");
}

/** "just now", "5 minutes ago", "3 hours ago", "12 days ago". */
export function timeAgo(at: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return counted(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? counted(hours, "hour") : counted(Math.floor(hours / 24), "day");
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
