/** Messages that follow closely on one of the same author show who that is once, as the server does in what it renders: fragments/timeline.tsx. */

const GROUP_WITHIN_MS = 5 * 60_000;

export function isGrouped(entry: HTMLElement): boolean {
  let before = entry.previousElementSibling;
  while (before?.matches(".day, .unread-line")) before = before.previousElementSibling;
  if (!(before instanceof HTMLElement) || entry.querySelector(":scope > .quote")) return false;
  const { author, at = "" } = entry.dataset;
  const { author: authorBefore, at: atBefore = "" } = before.dataset;
  return author !== undefined && author === authorBefore && Date.parse(at) - Date.parse(atBefore) <= GROUP_WITHIN_MS;
}
