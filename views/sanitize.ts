/**
 * The second wall behind the Markdown renderer. It knows nothing of Markdown: it reads HTML and lets it pass only if each tag in it
 * is one of these, exactly as we write it, and each is closed in order. It mends nothing.
 */
import { isBlank } from "#domain/blank.ts";
import { maxNesting } from "./markdown-budget.ts";

/** Opened and closed. An attribute's value holds no quote and no bracket, so that each tag ends where it seems to. */
const pairs = [
  "(?:p|strong|em|s|blockquote|ul|li|table|thead|tbody|tr|th|td|code|bdi)",
  '(?:ul|blockquote) dir="auto"',
  'ol(?: start="\\d{1,9}")?(?: dir="auto")?',
  't[hd] class="align-(?:right|center)"',
  'pre tabindex="0"',
  'div class="table" tabindex="0"',
  'code class="hljs language-[\\w+#-]{1,20}"',
  'span class="(?:mention|hljs-[a-z_]{1,20})"',
  'a href="(?:[hH][tT]{2}[pP][sS]?://|[mM][aA][iI][lL][tT][oO]:)[^"<>\\s\\\\]*" rel="noopener nofollow ugc" target="_blank"',
  'a href="(?:/(?![/\\\\])|[#?])[^"<>\\s\\\\]*"',
].join("|");
const tag = new RegExp(`<(?:(${pairs})|/([a-z]{1,10})|(?:br|hr) /)>`, "y");

export type Verdict = "shown" | "blank" | "unsafe";

/** @returns whether HTML may leave, and whether it says anything */
export function verdictOn(html: string): Verdict {
  const open: string[] = [];
  let saysNothing = true;
  for (let at = 0; at < html.length; ) {
    const next = html.indexOf("<", at);
    const end = next < 0 ? html.length : next;
    if (end > at) {
      const words = html.slice(at, end);
      if (words.includes(">")) return "unsafe";
      saysNothing &&= isBlank(words);
    }
    if (next < 0) break;
    tag.lastIndex = next;
    const [, opened, closed] = tag.exec(html) ?? ["", "", ""];
    if (opened === "") return "unsafe";
    if (opened !== undefined) open.push(nameOf(opened));
    if (open.length > 2 * maxNesting) return "unsafe";
    if (closed !== undefined && open.pop() !== closed) return "unsafe";
    at = tag.lastIndex;
  }
  if (open.length > 0) return "unsafe";
  return saysNothing ? "blank" : "shown";
}

function nameOf(opened: string): string {
  const end = opened.indexOf(" ");
  return end < 0 ? opened : opened.slice(0, end);
}
