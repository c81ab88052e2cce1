/** A moment, with the exact one on hover. */
import { clockTime, exactTime, timeAgo } from "../clock.ts";
import { escapeHtml } from "../escape.ts";

/** "14:05" for a timeline. Browser code puts it into the local zone and adds the exact time on hover. */
export function clockHtml(at: string, timeZone: string): string {
  return `<time datetime="${escapeHtml(at)}">${clockTime(at, timeZone)}</time>`;
}

/** "5 minutes ago" */
export function TimeAgo({ at, now, timeZone }: { at: string; now: number; timeZone: string }) {
  return (
    <time datetime={at} title={exactTime(at, timeZone)}>
      {timeAgo(at, now)}
    </time>
  );
}
