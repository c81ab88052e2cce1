/** How a chat's Markdown differs from a document's: no images, no headings, mentions, scrolling code and tables. */

import type { MarkdownIt, RendererRule, Token } from "markdown-it";
import { escapeHtml, escapeWords } from "./escape.ts";
import { highlight, maxHighlighted } from "./highlight.ts";
import { chatBlocks } from "./markdown-blocks.ts";
import { type Budget, countWork } from "./markdown-budget.ts";
import { chatEmphasis } from "./markdown-emphasis.ts";
import { chatInline } from "./markdown-inline.ts";
import { mentionRules } from "./mention-rules.ts";

export function chatRules(md: MarkdownIt): void {
  countWork(md);
  chatBlocks(md);
  chatEmphasis(md);
  chatInline(md);
  mentionRules(md);
  md.core.ruler.push("directions", directions);
  const { rules } = md.renderer;
  rules.text = (tokens, index) => escapeWords(contentOf(tokens, index));
  rules.code_inline = (tokens, index) => `<code>${escapeWords(contentOf(tokens, index))}</code>`;
  rules.heading_open = () => "<p><strong>";
  rules.heading_close = () => "</strong></p>\n";
  rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
  rules.table_close = () => "</table></div>\n";
  rules.th_open = aligned;
  rules.td_open = aligned;
  rules.link_open = link;
  rules.fence = code;
  rules.code_block = code;
}

/** Letters of scripts that are written from the right. */
const fromRight = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const hasSide = /^(?:bullet_list|ordered_list|blockquote)_open$/;

/** Marks of a list and the bar of a quote stand where its words begin, also in a message whose first words are of another direction. */
const directions: Parameters<MarkdownIt["core"]["ruler"]["push"]>[1] = ({ src, tokens }) => {
  if (!fromRight.test(src)) return;
  for (const token of tokens) if (hasSide.test(token.type)) token.attrSet("dir", "auto");
};

const contentOf = (tokens: readonly Token[], index: number): string => tokens[index]?.content ?? "";

/** Markdown's alignment is an inline style, which the page's policy forbids. */
const aligned: RendererRule = (tokens, index) => {
  const token = tokens[index];
  const side = /(?:center|right)$/.exec(String(token?.attrGet("style") ?? ""))?.[0];
  return `<${token?.tag ?? "td"}${side === undefined ? "" : ` class="align-${side}"`}>`;
};

/** A path is of this site, at whatever address it is read, and opens in the same tab. */
const ownPath = /^(?:\/(?![/\\])|[#?])/;

/** As the second wall knows it; a title is left out. */
const link: RendererRule = (tokens, index) => {
  const href = String(tokens[index]?.attrGet("href") ?? "");
  return `<a href="${escapeHtml(href)}"${ownPath.test(href) ? "" : ' rel="noopener nofollow ugc" target="_blank"'}>`;
};

/** Code that is in colour costs most: all blocks of a text share what one may have, and the last ones stay plain. */
const code: RendererRule = (tokens, index, _options, env) => {
  const token = tokens[index];
  const text = contentOf(tokens, index);
  const language = token?.info ?? "";
  const budget = env as unknown as Budget;
  budget.coloured += language === "" ? 0 : text.length;
  const coloured = budget.coloured > maxHighlighted ? undefined : highlight(text, language);
  if (coloured === undefined) return `<pre tabindex="0"><code>${escapeWords(text)}</code></pre>\n`;
  return `<pre tabindex="0"><code class="hljs language-${language}">${coloured}</code></pre>\n`;
};
