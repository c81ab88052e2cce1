/** Turns a message's text into safe HTML. What can't be rendered is shown as it was written. docs/markdown.md has the rules. */
import MarkdownIt, { type Token } from "markdown-it";
import { byteLength } from "#domain/text.ts";
import { escapeHtml, escapeWords } from "./escape.ts";
import { freeHtmlBytes, hasTooManyLines, maxGrowth, maxNesting, TooMuch } from "./markdown-budget.ts";
import { chatRules } from "./markdown-rules.ts";
import { mentionsIn } from "./mention-rules.ts";
import { verdictOn } from "./sanitize.ts";

export interface RenderedText {
  readonly html: string;
  /** Nothing but a few emoji: shown large. */
  readonly jumbo: boolean;
}

const md = new MarkdownIt({ html: false, breaks: true, xhtmlOut: true });
md.set({ maxNesting });
md.use(chatRules);

const plain = /^[^\n\\`*_~[\]!<>&#@＠﹫:|$^{}]*$/;
const startsBlock = /^(?:\s|[-+=]|\d+[.)])/;
const jumbo = /^<p>\s*(?:\p{RGI_Emoji}\s*){1,6}<\/p>\s*$/v;

export interface RenderOptions {
  /** Whether somebody was mentioned. */
  readonly mentions: boolean;
  /** Keys of the names that stand out; absent in messages of before they were kept. */
  readonly named?: readonly string[] | undefined;
}

let report = (error: unknown): void => {
  throw error;
};

/** Bugs of the renderer, which no reader is to suffer from. Before this is called they are thrown. */
export function reportRenderingFaults(to: (error: unknown) => void): void {
  report = to;
}

export function renderText(text: string, options: RenderOptions): RenderedText {
  const html = renderHtml(text, options);
  return { html, jumbo: html.length < 200 && jumbo.test(html) };
}

function renderHtml(text: string, { mentions, named }: RenderOptions): string {
  if (plain.test(text) && !startsBlock.test(text)) return `<p>${escapeHtml(text.trimEnd())}</p>`;
  if (hasTooManyLines(text)) return asWritten(text);
  try {
    const env = { work: 0, coloured: 0, ...mentionsIn(mentions, named) };
    const tokens = md.parse(text, env);
    if (isTooDeep(tokens)) return asWritten(text);
    const html = md.renderer.render(tokens, md.options, env).trim();
    const mayTake = freeHtmlBytes + maxGrowth * byteLength(text);
    // What shows nothing would be an empty message: "#", "> ", "---".
    return byteLength(html) <= mayTake && verdictOn(html) === "shown" ? html : asWritten(text);
  } catch (error) {
    if (!(error instanceof TooMuch)) report(error);
    return asWritten(text);
  }
}

function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(({ children }) => children?.some(({ level }) => level >= maxNesting));
}

function asWritten(text: string): string {
  return `<p>${escapeWords(text.trim()).replaceAll("\n", "<br />")}</p>`;
}
