/**
 * What a text says without the marks of Markdown, line by line: for excerpts. It reads what the renderer reads (links, code,
 * escapes), but knows no nesting: where it is unsure, a mark stays as typed.
 */
import { codeLanguageOf } from "./code-languages.ts";
import { decodeEntities } from "./entities.ts";
import { codeSpans, type InlineLink, inlineLinks } from "./inline-links.ts";
import { unspacedLetters } from "./unspaced.ts";

/** Opens a block of code, with what follows on its line: no further mark of its own. */
export const fenceLine = /^(`{3,}(?=[^`]*$)|~{3,}(?=[^~]*$))[ \t]*(.*)$/;
/** Opens a quote: a space after the marks, and something to quote. */
export const quoteStart = /^>+[ \t][> \t]*[^> \t]/;
/** A line of a quote that is open. */
export const quoteLine = /^>+(?:[ \t]|$)/;
const headingMarks = /^#{1,6}(?=[ \t])/;

/** Without the marks before them and after them; undefined where no words are. */
export function headingOf(line: string): { readonly level: number; readonly words: string } | undefined {
  const level = headingMarks.exec(line)?.[0].length;
  if (level === undefined) return undefined;
  const rest = line.slice(level).trim();
  let end = rest.length;
  while (rest[end - 1] === "#") end--;
  const words = end < rest.length && /^[ \t]?$/.test(rest.charAt(end - 1)) ? rest.slice(0, end).trimEnd() : rest;
  return words === "" ? undefined : { level, words };
}

const bullet = /^[-+*][ \t]+(?=\S)/;
const numbered = /^(\d{1,9})[.)][ \t]+(?=\S)/;
const rule = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const indentedCode = /^(?: {4}|\t)/;

export function plainText(text: string): string {
  const said: string[] = [];
  let paragraph: string[] = [];
  let inList = false;
  const endParagraph = (): void => {
    if (paragraph.length > 0) said.push(plainInline(paragraph.join("\n")));
    paragraph = [];
  };
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === "") {
      endParagraph();
      continue;
    }
    if (paragraph.length === 0 && !inList && indentedCode.test(line)) {
      said.push(line);
      continue;
    }
    const [words, marked] = withoutPrefix(line, paragraph.length === 0 || inList);
    if (marked !== undefined || /^\S/.test(line)) inList = marked === "list" || (inList && paragraph.length > 0);
    if (marked !== undefined) endParagraph();
    const fence = fenceLine.exec(words);
    if (fence !== null) {
      endParagraph();
      const end = fenceEnd(lines, index + 1, fence[1] ?? "");
      const first = (fence[2] ?? "").trimEnd();
      said.push(...(codeLanguageOf(first) === undefined ? [first] : []), ...lines.slice(index + 1, end));
      index = end;
      continue;
    }
    const heading = headingOf(words);
    if (heading !== undefined) {
      endParagraph();
      said.push(plainInline(heading.words));
    } else if (!rule.test(words.trim())) paragraph.push(words.trim());
    else endParagraph();
  }
  endParagraph();
  return said.join("\n");
}

/** Marks of quotes and lists before the words of a line. A number in the middle of a paragraph begins no list, unless it is 1. */
function withoutPrefix(line: string, mayBegin: boolean): [words: string, marked: "quote" | "list" | undefined] {
  let words = line.trimStart();
  let marked: "quote" | "list" | undefined;
  for (;;) {
    const number = numbered.exec(words);
    if (quoteStart.test(words)) {
      marked = "quote";
      words = words.replace(/^>+[ \t]+/, "");
    } else if (!rule.test(words) && (bullet.test(words) || (number && (mayBegin || marked || number[1] === "1")))) {
      marked = "list";
      words = words.replace(number ? numbered : bullet, "");
    } else return [words, marked];
  }
}

function fenceEnd(lines: readonly string[], from: number, mark: string): number {
  for (let index = from; index < lines.length; index++) {
    const line = (lines[index] ?? "").replace(/^[ \t>]*/, "").trimEnd();
    if (line.length >= mark.length && line === (mark[0] ?? "").repeat(line.length)) return index;
  }
  return lines.length;
}

const special = /\\|`|\[|!\[/g;
const escapable = /[!-/:-@[-`{-~]/;

function plainInline(text: string): string {
  return inlineWithin(text, inlineLinks(text), codeSpans(text), 0, text.length, false);
}

/** Code and escaped characters as they are, links as their labels, the rest without emphasis. */
function inlineWithin(
  text: string,
  links: ReadonlyMap<number, InlineLink>,
  code: ReadonlyMap<number, number>,
  from: number,
  to: number,
  inLink: boolean,
): string {
  let said = "";
  let marked = "";
  const flush = (as = ""): void => {
    said += withoutEmphasis(decodeEntities(marked)) + as;
    marked = "";
  };
  for (let at = from; at < to; ) {
    special.lastIndex = at;
    const found = special.exec(text)?.index ?? to;
    marked += text.slice(at, Math.min(found, to));
    if (found >= to) break;
    at = found;
    const link = links.get(at);
    const codeEnd = code.get(at);
    if (link !== undefined && link.end <= to && (link.image || !inLink)) {
      marked += inlineWithin(text, links, code, link.labelStart, link.labelEnd, true) || link.href;
      at = link.end;
    } else if (text[at] === "\\" && at + 1 < to && escapable.test(text[at + 1] ?? "")) {
      flush(text[at + 1]);
      at += 2;
    } else if (codeEnd !== undefined && codeEnd <= to) {
      const mark = /^`+/.exec(text.slice(at))?.[0].length ?? 0;
      const isCode = text[codeEnd - 1] === "`" && codeEnd - at > 2 * mark;
      flush(isCode ? text.slice(at + mark, codeEnd - mark) : text.slice(at, codeEnd));
      at = codeEnd;
    } else {
      marked += text[at] ?? "";
      at++;
    }
  }
  flush();
  return said;
}

const besides = `[\\p{N}_*~\`]|(?![${unspacedLetters}])\\p{L}`;
const emphasis = new RegExp(`(?<!${besides})(\\*{1,3}|_{1,3}|~~)(?=\\S)([^\\n*_~\`]+)(?<=\\S)\\1(?!${besides})`, "gu");

function withoutEmphasis(text: string): string {
  return text.replace(emphasis, "$2");
}
