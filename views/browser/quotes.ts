/** The quotes above replies: made, kept up with what they quote, and followed within the page where that shows it. */
import { closest, isPlain, make } from "./elements.ts";

/** A message that is answered, as the page shows it. */
export interface Quoted {
  readonly id: string;
  readonly offset: number;
  /** Their name. */
  readonly author: string;
  readonly text: string;
}

/** Longest excerpt in code points, as the server cuts it. */
const TEXT_MAX = 140;
const FOUND_MS = 2_500;
const TOLD_MAX = 200;
const GONE = "message deleted";
/** The event at a quote whose message was deleted. */
export const QUOTE_GONE = "quotegone";

/** What a reply to this entry of the log quotes. */
export function quotedFrom(entry: HTMLElement): Quoted {
  const { id = "", offset } = entry.dataset;
  const text = entry.querySelector(":scope > .text")?.cloneNode(true) as Element | undefined;
  for (const extra of text?.querySelectorAll(".edited, .answer-foot") ?? []) extra.remove();
  const author = entry.querySelector(".author")?.textContent ?? "";
  return { id, offset: Number(offset), author, text: excerpt(text?.textContent ?? "") };
}

function excerpt(text: string): string {
  const characters = [...text.trim().replace(/\s+/g, " ")];
  return characters.length > TEXT_MAX ? `${characters.slice(0, TEXT_MAX - 1).join("")}…` : characters.join("");
}

/** As the server writes it: views/fragments/quote.ts. */
export function makeQuote({ id, offset, author, text }: Quoted): HTMLAnchorElement {
  const name = make("bdi", { className: "quote-author" }, author);
  const words = make("span", { className: "quote-text", dir: "auto" }, text);
  const link = make("a", { className: "quote", href: `?at=${offset}#m-${offset}` }, name, " ", words);
  link.dataset.quote = id;
  return link;
}

/** What a quote that the server wrote says; undefined for one whose message is gone. */
export function readQuote(link: HTMLAnchorElement): Quoted | undefined {
  if (link.matches(".gone")) return undefined;
  const [author = "", text = ""] = [".quote-author", ".quote-text"].map(
    (part) => link.querySelector(part)?.textContent ?? "",
  );
  return { id: link.dataset.quote ?? "", offset: Number(link.hash.slice("#m-".length)), author, text };
}

/** What quotes were told last, the newest last: a reply that was on its way meanwhile comes with what was true before. */
const told = new Map<string, string | undefined>();

/** Every quote of the message says what that says now. @param text an excerpt; undefined once the message is deleted */
export function requote(id: string, text: string | undefined): void {
  told.delete(id);
  told.set(id, text);
  if (told.size > TOLD_MAX) told.delete(told.keys().next().value ?? "");
  for (const link of document.querySelectorAll(`[data-quote="${CSS.escape(id)}"]`)) say(link, text);
}

/** The same for what has just come into the list. */
export function requoteIn(entry: Element): void {
  const link = entry.querySelector<HTMLElement>(":scope > .quote");
  const id = link?.dataset.quote ?? "";
  if (link && told.has(id)) say(link, told.get(id));
}

/** The server has read everything anew. */
export function forgetTold(): void {
  told.clear();
}

function say(link: Element, text: string | undefined): void {
  link.classList.toggle("gone", text === undefined);
  link.querySelector(".quote-text")?.replaceChildren(text ?? GONE);
  if (text === undefined) link.dispatchEvent(new Event(QUOTE_GONE, { bubbles: true }));
}

/** A quote leads to the message in the list, or, where the list does not reach it, to the page that has it. */
export function followQuotes(section: HTMLElement, log: HTMLElement, scrollTo: (entry: HTMLElement) => void): void {
  let found: HTMLElement | undefined;
  let timer = 0;

  function end(): void {
    clearTimeout(timer);
    found?.classList.remove("found");
  }

  section.addEventListener("click", (event) => {
    const link = closest(event.target, "a.quote");
    if (!link || !isPlain(event)) return;
    const id = CSS.escape(link.dataset.quote ?? "");
    const entry = log.querySelector<HTMLElement>(`:scope > [data-id="${id}"]`);
    if (!entry) return;
    event.preventDefault();
    end();
    found = entry;
    entry.classList.add("found");
    timer = setTimeout(end, FOUND_MS);
    scrollTo(entry);
    // A click without a pointer: who goes by keyboard goes on from there.
    if (event.detail === 0) entry.querySelector<HTMLElement>(".at")?.focus({ preventScroll: true });
  });
}
