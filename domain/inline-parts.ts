/** What a paragraph of Markdown is made of, from left to right: words, code, links, addresses and escaped characters. */
import { addressAt } from "./address.ts";
import { autolinkAt, type CodeSpans, codeSpans, type InlineLink, inlineLinks, isLinkable } from "./inline-links.ts";

export interface InlineMarks {
  readonly links: ReadonlyMap<number, InlineLink>;
  readonly code: CodeSpans;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Within a link's label nothing is a link. */
  readonly inLink: boolean;
}

/** `words` may hold emphasis and character references. `runs` are backticks that open no code. */
export type PartKind = "words" | "escaped" | "code" | "runs" | "link" | "address" | "autolink";

const special = /\\|`|\[|!\[|<|https?:\/\//gi;
const escapable = /[!-/:-@[-`{-~]/;

/** Of the whole paragraph, once. */
export function inlineMarks(text: string): InlineMarks {
  return { links: inlineLinks(text), code: codeSpans(text) };
}

/** Calls `part` for each, in order and without gaps. */
export function walkInline(
  text: string,
  { links, code }: InlineMarks,
  { from, to, inLink }: Stretch,
  part: (kind: PartKind, from: number, to: number) => void,
): void {
  let words = from;
  for (let at = from; at < to; ) {
    special.lastIndex = at;
    at = special.exec(text)?.index ?? to;
    if (at >= to) break;
    const link = links.get(at);
    const found = partAt(text, at, { link, codeEnd: code.get(at), links, inLink });
    if (found === undefined || found.end > to) {
      // Nothing begins right after a backslash.
      at += text[at] === "\\" ? 2 : 1;
      continue;
    }
    if (at > words) part("words", words, at);
    part(found.kind, at, found.end);
    at = found.end;
    words = at;
  }
  if (to > words) part("words", words, to);
}

interface Here {
  readonly link: InlineLink | undefined;
  readonly codeEnd: number | undefined;
  readonly links: ReadonlyMap<number, InlineLink>;
  readonly inLink: boolean;
}

function partAt(
  text: string,
  at: number,
  { link, codeEnd, links, inLink }: Here,
): { kind: PartKind; end: number } | undefined {
  if (link !== undefined && (link.image || !inLink)) return { kind: "link", end: link.end };
  if (text[at] === "\\") return escapable.test(text[at + 1] ?? "") ? { kind: "escaped", end: at + 2 } : undefined;
  if (codeEnd !== undefined) return { kind: isCode(text, at, codeEnd) ? "code" : "runs", end: codeEnd };
  if (inLink) return undefined;
  if (text[at] === "<") {
    const autolink = autolinkAt(text, at);
    return autolink && isLinkable(autolink.href) ? { kind: "autolink", end: autolink.end } : undefined;
  }
  const address = addressAt(text, at, links);
  return address && { kind: "address", end: address.end };
}

/** More than the backticks themselves. */
function isCode(text: string, at: number, end: number): boolean {
  let mark = 0;
  while (at + mark < end && text[at + mark] === "`") mark++;
  return at + mark < end;
}
