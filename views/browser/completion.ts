/** Offers names after `@` and emoji after `:` in a list worked by keyboard, pointer and screen reader. */

import type { ActionOwner } from "./actions.ts";
import { type Token, tokenBefore } from "./completion-token.ts";
import { closest, make } from "./elements.ts";
import { findEmoji } from "./emoji.ts";
import { byId, roomUrl } from "./page.ts";

const OPTIONS_MAX = 8;
const ASK_AFTER_MS = 120;

export function completeWords({ room, field, say, fetchPage }: ActionOwner): void {
  const found = byId("suggestions");
  if (!found) return;
  const box = found;
  let token: Token | undefined;
  let chosen = 0;
  let timer = 0;
  let asking: AbortController | undefined;

  const options = () => [...box.querySelectorAll<HTMLElement>("[role=option]")];

  function look(): void {
    token = field.selectionStart === field.selectionEnd ? tokenBefore(field.value, field.selectionStart) : undefined;
    clearTimeout(timer);
    asking?.abort();
    if (token?.kind === "emoji") open(findEmoji(token.query, OPTIONS_MAX).map(emojiOption));
    else if (token) timer = setTimeout(ask, ASK_AFTER_MS, token.query);
    else close();
  }

  async function ask(query: string): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const url = `${roomUrl(room)}/suggest?q=${encodeURIComponent(query)}`;
      const { document: answer } = await fetchPage(url, { fragment: true, signal });
      if (!signal.aborted) open([...answer.querySelectorAll<HTMLElement>("[role=option]")].slice(0, OPTIONS_MAX));
    } catch {
      if (!signal.aborted) close();
    }
  }

  function open(items: readonly HTMLElement[]): void {
    if (items.length === 0) {
      close();
      return;
    }
    items.forEach((item, index) => {
      item.id = `suggestion-${index}`;
    });
    box.replaceChildren(...items);
    box.hidden = false;
    field.setAttribute("aria-controls", box.id);
    say(`${items.length} suggestion${items.length > 1 ? "s" : ""}, Tab to accept.`);
    choose(0);
  }

  function close(): void {
    if (box.hidden) return;
    box.hidden = true;
    box.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  }

  function choose(index: number): void {
    const items = options();
    chosen = (index + items.length) % items.length;
    items.forEach((item, each) => {
      item.setAttribute("aria-selected", String(each === chosen));
    });
    field.setAttribute("aria-activedescendant", `suggestion-${chosen}`);
    items[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function accept(option: HTMLElement | null | undefined): void {
    const word = option?.dataset.insert ?? `@${option?.dataset.name ?? option?.textContent?.trim()}`;
    if (!option || !token) return;
    field.setRangeText(`${word} `, token.start, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Capture: these keys mean the list first and the composer after it.
  field.addEventListener(
    "keydown",
    (event) => {
      if (box.hidden || event.isComposing) return;
      const { key } = event;
      if (key === "ArrowDown") choose(chosen + 1);
      else if (key === "ArrowUp") choose(chosen - 1);
      else if (key === "Escape") close();
      else if ((key === "Tab" || key === "Enter") && !event.shiftKey) accept(options()[chosen]);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  field.addEventListener("input", look);
  field.addEventListener("click", look);
  field.addEventListener("blur", close);
  // What was asked for a word that is sent by now would open the list over an empty field, and take the next Enter.
  field.form?.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
    close();
  });
  // Keeps the focus in the field, so that blur does not close the list before the click.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("click", ({ target }) => {
    accept(closest(target, "[role=option]"));
  });
  field.setAttribute("aria-autocomplete", "list");
  // Somebody began before.
  if (document.activeElement === field) look();
}

function emojiOption({ name, character }: { name: string; character: string }): HTMLElement {
  const item = make("li", { role: "option" }, `${character} ${name}`);
  item.dataset.insert = character;
  return item;
}
