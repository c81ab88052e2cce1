/** Puts a day separator before the first message of each local day, where the server's zone or live arrival left none. */
import { make } from "./elements.ts";
import { localDay, nameDay } from "./times.ts";

/** Goes from `first` to the end of its list; the entry before `first` says which day it is there. */
export function separateDays(first: Element | null): void {
  let day = dayBefore(first);
  for (let entry = first; entry; ) {
    const next = entry.nextElementSibling;
    if (entry.matches(".day")) entry.remove();
    else day = separate(entry, day);
    entry = next;
  }
}

function separate(entry: Element, day: string): string {
  const own = dayOf(entry);
  if (own && own !== day) entry.before(separator(own));
  return own || day;
}

function dayBefore(first: Element | null): string {
  for (let entry = first?.previousElementSibling; entry; entry = entry.previousElementSibling) {
    const day = dayOf(entry);
    if (day) return day;
  }
  return "";
}

function dayOf(entry: Element): string {
  const at = entry instanceof HTMLElement ? entry.dataset.at : undefined;
  return at ? localDay(new Date(at)) : "";
}

function separator(day: string): HTMLLIElement {
  return make("li", { className: "day" }, make("time", { dateTime: day }, nameDay(day)));
}
