/** How a chat's Markdown differs from a document's: no images, no headings, mentions, scrolling code and tables. */

import type { MarkdownIt, RendererRule, Token } from "markdown-it";
import { mentionedKeys } from "#domain/mention.ts";
import { nameKey } from "#domain/user.ts";
import { escapeHtml } from "./escape.ts";
import { highlight } from "./highlight.ts";

/** Given to the renderer: the keys of the names that stand out; none when nobody was mentioned. */
export type MarkdownEnv = { readonly mentioned: ReadonlySet<string> };

export function environmentOf(text: string, mentions: boolean): MarkdownEnv {
  return { mentioned: new Set(mentions ? mentionedKeys(text) : []) };
}

/** Absolute links of the web, mail addresses, and paths of this site. */
const linkable = /^(?:https?:\/\/|mailto:|\/(?!\/)|[#?])/i;

export function chatRules(md: MarkdownIt): void {
  md.validateLink = (url) => linkable.test(url.trim());
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
  rules.mention = (tokens, index) => `<span class="mention">@${escapeHtml(contentOf(tokens, index))}</span>`;
  rules.heading_open = () => "<p><strong>";
  rules.heading_close = () => "</strong></p>\n";
  rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
  rules.table_close = () => "</table></div>\n";
  rules.th_open = aligned;
  rules.td_open = aligned;
  rules.image = imageAsLink;
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

const imageAsLink: RendererRule = (tokens, index, _options, env, renderer) => {
  const token = tokens[index];
  const href = String(token?.attrGet("src") ?? "");
  const words = renderer.renderInlineAsText(token?.children ?? [], _options, env) || href;
  if (isInLink(tokens, index)) return escapeHtml(words);
  return `<a href="${escapeHtml(href)}">${escapeHtml(words)}</a>`;
};

function isInLink(tokens: readonly Token[], index: number): boolean {
  const link = tokens.slice(0, index).findLast(({ type }) => type === "link_open" || type === "link_close");
  return link?.type === "link_open";
}

const code: RendererRule = (tokens, index) => {
  const token = tokens[index];
  const text = contentOf(tokens, index);
  const language = /^[\w+#-]{1,20}/.exec(token?.info ?? "")?.[0]?.toLowerCase();
  const coloured = language === undefined ? undefined : highlight(text, language);
  if (coloured === undefined) return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
  return `<pre tabindex="0"><code class="hljs language-${language}">${coloured}</code></pre>\n`;
};
