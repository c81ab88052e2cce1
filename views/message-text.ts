/** Rendered message texts, kept: the same text is shown on many pages and in a live frame. What a text renders to depends on it alone. */
import { LRUCache } from "lru-cache";
import { type RenderedText, renderText } from "./markdown.ts";

/** Counted as two bytes a character, text and HTML together. */
const maxCacheBytes = 32 * 1024 * 1024;

const rendered = new LRUCache<string, RenderedText>({
  maxSize: maxCacheBytes,
  sizeCalculation: ({ html }, text) => 2 * (text.length + html.length) + 200,
});

/** `mentions`: whether the names in the text (see domain/mention.ts) were found to be people. */
export function renderMessageText(text: string, mentions: boolean): RenderedText {
  const key = mentions ? `@${text}` : ` ${text}`;
  let result = rendered.get(key);
  if (result === undefined) {
    result = renderText(text, { mentions });
    rendered.set(key, result);
  }
  return result;
}
