/** The looks of entries that only their own reader sees: own times, own messages, what names them, what they chose. */
import { markOwnReactions } from "./reactions.ts";
import { localizeTimes } from "./times.ts";

export function dress(entries: readonly HTMLElement[], me: string): void {
  for (const entry of entries) {
    localizeTimes(entry);
    markOwnReactions(entry, me);
    if (entry.dataset.author === me) entry.classList.add("mine");
    if (entry.dataset.asker === me) entry.classList.add("asked");
    if (entry.dataset.mentions?.split(" ").includes(me)) entry.classList.add("mentioned");
  }
}
