/** How a chat's Markdown differs from a document's: no images, no headings, mentions, scrolling code and tables. */

import type { MarkdownIt, RendererRule, Token } from "markdown-it";
import { mentionedKeys } from "#domain/mention.ts";
import { nameKey } from "#domain/user.ts";
import { escapeHtml, escapeWords } from "./escape.ts";
import { highlight, maxHighlighted } from "./highlight.ts";
import { chatBlocks } from "./markdown-blocks.ts";
import { type Budget, countWork } from "./markdown-budget.ts";
import { chatEmphasis } from "./markdown-emphasis.ts";
import { chatInline } from "./markdown-inline.ts";

/** Given to the renderer: what may still be spent, and the keys of the names that stand out; none when nobody was mentioned. */
export type MarkdownEnv = Budget & { readonly mentioned: ReadonlySet<string> };

export function environmentOf(text: string, mentions: boolean): MarkdownEnv {
  return { work: 0, coloured: 0, mentioned: new Set(mentions ? mentionedKeys(text) : []) };
}

export function chatRules(md: MarkdownIt): void {
  countWork(md);
  chatBlocks(md);
  chatEmphasis(md);
  chatInline(md);
  md.inline.ruler.before("emphasis", "mention", (state, silent) => {
    const { mentioned } = state.env as unknown as MarkdownEnv;
    if (mentioned.size === 0 || state.src[state.pos] !== "@" || state.linkLevel > 0) return false;
    const name = nameAt(state.src, state.pos);
    if (name === undefined || !mentioned.has(nameKey(name))) return false;
    if (!silent) state.push("mention", "", 0).content = name;
    state.pos += name.length + 1;
    return true;
  });
  const { rules } = md.renderer;
  rules.text = (tokens, index) => escapeWords(contentOf(tokens, index));
  rules.code_inline = (tokens, index) => `<code>${escapeWords(contentOf(tokens, index))}</code>`;
  rules.mention = (tokens, index) => `<span class="mention">@${escapeHtml(contentOf(tokens, index))}</span>`;
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

const beforeMention = /[\p{L}\p{Nd}\p{M}._/@-]$/u;
const mention = /@([\p{L}\p{Nd}][\p{L}\p{Nd}\p{M}._-]{0,31})/uy;

/** Reads a name as domain/mention.ts does. */
function nameAt(text: string, at: number): string | undefined {
  if (at > 0 && beforeMention.test(text.slice(Math.max(0, at - 2), at))) return undefined;
  mention.lastIndex = at;
  return mention.exec(text)?.[1]?.replace(/[._-]+$/, "");
}

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
  const budget = env as unknown as MarkdownEnv;
  budget.coloured += language === "" ? 0 : text.length;
  const coloured = budget.coloured > maxHighlighted ? undefined : highlight(text, language);
  if (coloured === undefined) return `<pre tabindex="0"><code>${escapeWords(text)}</code></pre>\n`;
  return `<pre tabindex="0"><code class="hljs language-${language}">${coloured}</code></pre>\n`;
};
