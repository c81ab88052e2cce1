/** What a room's page says and offers where no scripts run. */
import { raw } from "hono/html";
import type { TimelineEntry } from "#domain/message.ts";
import { offsetOf } from "#domain/message.ts";
import { escapeHtml } from "../escape.ts";

/** What can be done with the message that a permalink leads to. */
export function MessageLink(props: { path: string; entries: readonly TimelineEntry[]; focus: number }) {
  const { path, entries, focus } = props;
  const entry = entries.find((each) => offsetOf(each) === focus);
  if (entry?.kind !== "message") return null;
  return (
    <noscript>
      <p class="no-script">
        <a href={`${path}/messages/${entry.message.id}`}>Reply or react to the marked message, edit or delete it</a>
      </p>
    </noscript>
  );
}

/** Fetching the image marks the page read, and the link looks for new messages. */
export function ReadMark({ path, offset }: { path: string; offset: number }) {
  const own = escapeHtml(path);
  return raw(
    `<noscript><p class="no-script"><a href="${own}">Look for new messages</a>` +
      `<img src="${own}/read.gif?offset=${offset}" alt="" width="1" height="1"></p></noscript>`,
  );
}

/** Only scripts know in which zone a browser is: here it is said which one the times are in. */
export function ZoneNote({ timeZone }: { timeZone: string }) {
  const name = escapeHtml(timeZone.replaceAll("_", " "));
  return raw(`<noscript><p class="no-script">Times are in ${name}.</p></noscript>`);
}
