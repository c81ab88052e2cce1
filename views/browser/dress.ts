/** The looks of entries that the server may not know: own times, own messages, what names their reader, what they chose; whether they are grouped. */
import { isGrouped } from "./group.ts";
import { markOwnReactions } from "./reactions.ts";
import { localizeTimes } from "./times.ts";

export function dress(entries: readonly HTMLElement[], me: string): void {
  for (const entry of entries) {
    localizeTimes(entry);
    markOwnReactions(entry, me);
    if (isGrouped(entry)) entry.classList.add("grouped");
    if (entry.dataset.author === me) entry.classList.add("mine");
    if (entry.dataset.asker === me) entry.classList.add("asked");
    if (entry.dataset.mentions?.split(" ").includes(me)) entry.classList.add("mentioned");
  }
}
