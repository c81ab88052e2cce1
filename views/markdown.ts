/** Turns a message's text into safe HTML. Never throws: what can't be rendered is shown as it was written. */
import MarkdownIt, { type Token } from "markdown-it";
import { full as emoji } from "markdown-it-emoji";
import { escapeHtml } from "./escape.ts";
import { chatRules, environmentOf } from "./markdown-rules.ts";
import { sanitize } from "./sanitize.ts";

export interface RenderedText {
  readonly html: string;
  /** Nothing but a few emoji: shown large. */
  readonly jumbo: boolean;
}

/** Markdown-it drops what is nested deeper; a text that reaches this depth is shown as it was written. */
const maxNesting = 40;
/** More pieces than any message needs (table cells, links, mentions): such a text is shown as it was written, too. */
const maxTokens = 8_000;

const md = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
md.set({ maxNesting });
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
md.use(emoji, { shortcuts: {} });
md.use(chatRules);

const plain = /^[^\n\\`*_~[\]!<>&#@:|$^{}]*$/;
const startsBlock = /^(?:\s|[-+=]|\d+[.)])/;
const jumbo = /^<p>\s*(?:\p{RGI_Emoji}\s*){1,6}<\/p>\s*$/v;

export interface RenderOptions {
  /** Whether somebody was mentioned: then the names in the text stand out. */
  readonly mentions: boolean;
}

export function renderText(text: string, { mentions }: RenderOptions): RenderedText {
  const html = renderHtml(text, mentions);
  return { html, jumbo: html.length < 200 && jumbo.test(html) };
}

function renderHtml(text: string, mentions: boolean): string {
  if (plain.test(text) && !startsBlock.test(text)) return `<p>${escapeHtml(text.trimEnd())}</p>`;
  try {
    const env = environmentOf(text, mentions);
    const tokens = md.parse(text, env);
    if (isTooMuch(tokens)) return asWritten(text);
    return sanitize(md.renderer.render(tokens, md.options, env)).trim();
  } catch {
    return asWritten(text);
  }
}

function isTooMuch(tokens: readonly Token[]): boolean {
  let count = tokens.length;
  for (const { level, children } of tokens) {
    if (level >= maxNesting - 1) return true;
    count += children?.length ?? 0;
  }
  return count > maxTokens;
}

function asWritten(text: string): string {
  return `<p>${escapeHtml(text.trim()).replaceAll("\n", "<br>")}</p>`;
}
