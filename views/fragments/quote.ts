/** What a message answers, in one line above its text: whom, what they said, and the way there. */
import type { Quote } from "#domain/quote.ts";
import { escapeHtml } from "../escape.ts";
import { withEmoji } from "../short-names.ts";

const goneText = "message deleted";

/** @param path of the room, on pages that are not its own */
export function quoteHtml({ id, offset, author, text, deleted }: Quote, path = ""): string {
  return (
    `<a class="quote${deleted ? " gone" : ""}" href="${escapeHtml(path)}?at=${offset}#m-${offset}" data-quote="${escapeHtml(id)}">` +
    `<bdi class="quote-author">${escapeHtml(author.name)}</bdi> ` +
    `<span class="quote-text" dir="auto">${deleted ? goneText : escapeHtml(withEmoji(text))}</span></a>`
  );
}
