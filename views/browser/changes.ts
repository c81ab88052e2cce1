/** Changes of messages that the page shows already. Those that it does not show come changed from the server. */
import type { Change } from "./frames.ts";

/** False when the message is not there. Only its author changes a message, and what is deleted stays deleted. */
export function applyChange(log: HTMLElement, { id, author, html }: Change): boolean {
  const text = textOf(log, id);
  if (!text) return false;
  const isTheirs = text.closest<HTMLElement>("[data-author]")?.dataset.author === author;
  if (isTheirs && !text.classList.contains("deleted")) text.outerHTML = html;
  return true;
}

export function textOf(log: HTMLElement, id: string): HTMLElement | undefined {
  return log.querySelector<HTMLElement>(`:scope > [data-id="${CSS.escape(id)}"] > .text`) ?? undefined;
}
