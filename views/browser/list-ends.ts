/** What is above and below the list of messages: links to older and newer ones, or the beginning of the room. */
import { make } from "./elements.ts";
import { type OpenRoom, roomUrl } from "./page.ts";

/** At the newest message, and where pages are loaded at an end, the list is cut back to ENTRIES_KEPT as soon as it is TRIM_SLACK longer. */
const ENTRIES_KEPT = 500;
const TRIM_SLACK = 100;

const TOP = "#older, #beginning";
const BOTTOM = "#newer";

export const topOf = (page: ParentNode) => page.querySelector(TOP);
export const bottomOf = (page: ParentNode) => page.querySelector(BOTTOM);

export function setTop({ log }: OpenRoom, element: Element | null): void {
  topOf(document)?.remove();
  if (element) log.before(element);
}

export function setBottom({ log }: OpenRoom, element: Element | null): void {
  bottomOf(document)?.remove();
  if (element) log.after(element);
}

/** Takes out of the list what it has too much at one end. @returns whether that was anything */
export function cutBack(log: HTMLElement, end: "firstElementChild" | "lastElementChild"): boolean {
  const surplus = log.childElementCount - ENTRIES_KEPT;
  if (surplus < TRIM_SLACK) return false;
  for (let left = surplus; left > 0; left--) log[end]?.remove();
  return true;
}

/** To what was taken out of the list at its beginning. */
export function olderLink(room: OpenRoom): HTMLAnchorElement {
  return link("older", "Older messages", `${roomUrl(room)}?before=${firstOffset(room.log)}`);
}

/** To what was taken out of the list at its end, or never came in. */
export function newerLink(room: OpenRoom): HTMLAnchorElement {
  return link("newer", "Newer messages", `${roomUrl(room)}?after=${offsetUpTo(room.log.lastElementChild)}`);
}

function link(id: string, text: string, href: string): HTMLAnchorElement {
  return make("a", { id, href }, text);
}

/** The entries of a page of the server's that the list does not have, with the line above unread ones. */
export function entriesOf(page: Document, isNew: (offset: number) => boolean): HTMLElement[] {
  const hasLine = document.getElementById("unread-line") !== null;
  return [...page.querySelectorAll<HTMLElement>("#log > [data-offset], #unread-line")].filter((entry) =>
    entry.id === "unread-line" ? !hasLine : isNew(offsetOf(entry)),
  );
}

/** The first entry's; where there is none, higher than any. */
export function firstOffset(log: HTMLElement): number {
  const first = log.querySelector<HTMLElement>(":scope > [data-offset]");
  return Number(first?.dataset.from ?? offsetOf(first)) || Number.POSITIVE_INFINITY;
}

/** The offset of the last entry up to this element of the list; 0 where there is none. */
export function offsetUpTo(element: Element | null): number {
  let entry = element;
  while (entry && !offsetOf(entry)) entry = entry.previousElementSibling;
  return offsetOf(entry);
}

export function offsetOf(entry: Element | null): number {
  return entry instanceof HTMLElement ? Number(entry.dataset.offset ?? 0) : 0;
}
