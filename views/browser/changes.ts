/** Changes of messages that the page shows already. Those that it does not show come changed from the server. */
import type { Change, TextChange } from "./frames.ts";
import { requote } from "./quotes.ts";
import { applyReaction } from "./reactions.ts";

/** False when the message is not there. */
export function applyChange(log: HTMLElement, me: string, change: Change): boolean {
  return "html" in change ? applyText(log, change) : applyReaction(log, me, change);
}

/** Only its author changes what a message says, and what is deleted stays deleted. */
function applyText(log: HTMLElement, { id, author, html, excerpt }: TextChange): boolean {
  const entry = entryOf(log, id);
  const text = textOf(log, id);
  if (entry && entry.dataset.author !== author) return true;
  requote(id, excerpt);
  if (!entry || !text) return false;
  if (text.classList.contains("deleted")) return true;
  text.outerHTML = html;
  if (textOf(log, id)?.classList.contains("deleted")) {
    for (const part of entry.querySelectorAll(":scope > :is(.reactions, .quote, #message-menu)")) part.remove();
    // It names nobody any more.
    entry.classList.remove("mentioned");
    delete entry.dataset.mentions;
  }
  return true;
}

export function entryOf(log: HTMLElement, id: string): HTMLElement | undefined {
  return log.querySelector<HTMLElement>(`:scope > [data-id="${CSS.escape(id)}"]`) ?? undefined;
}

export function textOf(log: HTMLElement, id: string): HTMLElement | undefined {
  return entryOf(log, id)?.querySelector<HTMLElement>(":scope > .text") ?? undefined;
}
