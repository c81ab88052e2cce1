/** Rendered message texts, kept: the same text is shown on many pages and in a live frame. What a text renders to depends on it and the names in it alone. */
import { LRUCache } from "lru-cache";
import type { Message } from "#domain/message.ts";
import { type RenderedText, renderText } from "./markdown.ts";

/** Counted as two bytes a character, text and HTML together. */
const maxCacheBytes = 32 * 1024 * 1024;

const rendered = new LRUCache<string, RenderedText>({
  maxSize: maxCacheBytes,
  sizeCalculation: ({ html }, text) => 2 * (text.length + html.length) + 200,
});

/** Names hold no spaces and no line breaks, so that each text with its names has a key of its own. */
export function renderMessageText({
  text,
  mentions: { length },
  named,
}: Pick<Message, "text" | "mentions" | "named">): RenderedText {
  const mentions = length > 0;
  const key = `${named === undefined ? mentions : `@${named.join(" ")}`}\n${text}`;
  let result = rendered.get(key);
  if (result === undefined) {
    result = renderText(text, { mentions, named });
    rendered.set(key, result);
  }
  return result;
}
