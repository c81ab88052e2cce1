/** A moment, with the exact one on hover. */
import { timeAgo } from "../browser/spoken-times.ts";
import type { Chrome } from "../chrome.ts";
import { clockTime, exactTime } from "../clock.ts";
import { escapeHtml } from "../escape.ts";

/** "14:05" or "2:05 PM" for a timeline. Browser code puts it into the local zone and adds the exact time on hover. */
export function clockHtml(at: string, timeZone: string, hour12 = false): string {
  return `<time datetime="${escapeHtml(at)}">${clockTime(at, timeZone, hour12)}</time>`;
}

/** "5 minutes ago" */
export function TimeAgo({ at, chrome }: { at: string; chrome: Pick<Chrome, "now" | "timeZone" | "hour12"> }) {
  const { now, timeZone, hour12 } = chrome;
  return (
    <time class="ago" datetime={at} title={exactTime(at, timeZone, hour12)}>
      {timeAgo(at, now)}
    </time>
  );
}
