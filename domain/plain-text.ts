/**
 * What a text says without the marks of Markdown, line by line: for excerpts. It reads what the renderer reads (links, code,
 * escapes) and nests as it does.
 */
import { isBlank } from "./blank.ts";
import { codeLanguageOf } from "./code-languages.ts";
import { plainInline } from "./plain-inline.ts";

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

const listMark = /^(?:[-+*]|(\d{1,9})[.)])(?:[ \t]+|$)/;
const rule = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** Blocks within one another; what is deeper stays as typed. */
const maxDepth = 40;

/** No mark in it, nor at its beginning: most messages. */
const unmarked = /^(?![\s\d+-])[^\n\r\\`*_~[\]<>&#:]*$/;

export function plainText(text: string): string {
  return unmarked.test(text) ? text : readBlocks(text, { words: plainInline, code: (lines) => lines }).join("\n");
}

/** What is made of the parts of a text. */
export interface BlockReader {
  /** Of a paragraph, or a heading. */
  words(paragraph: string): string;
  /** Of a block of code. */
  code(lines: readonly string[]): readonly string[];
}

/** The parts of a text, in order. */
export function readBlocks(text: string, read: BlockReader): readonly string[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  return blocks(
    lines.map((line) => ({ text: withoutTabs(line) })),
    { depth: 0, read },
  ).said;
}

interface Nest {
  readonly depth: number;
  readonly read: BlockReader;
}

const within = ({ depth, read }: Nest): Nest => ({ depth: depth + 1, read });

interface Line {
  readonly text: string;
  /** Stands below a list without its indent: it may go on with a paragraph, and ends everything else. */
  readonly isLoose?: boolean;
}

/** @property end the line after it */
interface Said {
  readonly said: readonly string[];
  readonly end: number;
}

function blocks(lines: readonly Line[], nest: Nest): Said {
  const { depth, read } = nest;
  if (depth > maxDepth) return { said: lines.map(({ text }) => text), end: lines.length };
  const said: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) said.push(read.words(paragraph.join("\n")));
    paragraph = [];
  };
  let index = 0;
  for (let line = lines[0]; line !== undefined; line = lines[index]) {
    const words = bare(line.text);
    if (words === "") endParagraph();
    const isLost = line.isLoose && paragraph.length === 0;
    if (isLost) break;
    const block = words === "" || line.isLoose ? undefined : blockAt(lines, index, nest, paragraph.length > 0);
    if (block !== undefined) {
      endParagraph();
      said.push(...block.said);
      index = block.end;
    } else {
      if (words !== "") paragraph.push(words);
      index++;
    }
  }
  endParagraph();
  return { said, end: index };
}

/** Undefined where no block but a paragraph begins. */
function blockAt(lines: readonly Line[], index: number, nest: Nest, isInParagraph: boolean): Said | undefined {
  const { read } = nest;
  const line = lines[index]?.text ?? "";
  const words = bare(line);
  if (indentOf(line) >= 4) return isInParagraph ? undefined : { said: read.code([line]), end: index + 1 };
  if (quoteStart.test(words)) {
    const quoted = linesWhile(lines, index, ({ text }) => indentOf(text) < 4 && quoteLine.test(bareStart(text)));
    const inner = quoted.map(({ text }) => ({ text: bareStart(text).replace(/^> ?/, "") }));
    return { said: blocks(inner, within(nest)).said, end: index + quoted.length };
  }
  const fence = fenceLine.exec(bareStart(line));
  if (fence !== null) {
    const { said, end } = fenced(lines, index, fence[1] ?? "", (fence[2] ?? "").trimEnd());
    return { said: read.code(said), end };
  }
  if (rule.test(words)) return { said: [], end: index + 1 };
  const mark = listMark.exec(words);
  const below = lines[index + 1]?.text ?? "";
  // A mark alone, with nothing indented below it, is as typed. So is one of another number in the middle of a paragraph.
  const isLone = mark?.[0] === words && (isInParagraph || bare(below) === "" || indentOf(below) < 2);
  if (mark !== null && !isLone && !(isInParagraph && (mark[1] ?? "1") !== "1")) return listed(lines, index, nest);
  const heading = headingOf(words);
  return heading && { said: [read.words(heading.words)], end: index + 1 };
}

function fenced(lines: readonly Line[], index: number, mark: string, info: string): Said {
  const isEnd = (line: string) => {
    const words = bare(line);
    return indentOf(line) < 4 && words.length >= mark.length && words === (mark[0] ?? "").repeat(words.length);
  };
  const code = linesWhile(lines, index + 1, ({ text, isLoose }) => !isLoose && !isEnd(text)).map(({ text }) => text);
  const last = index + 1 + code.length;
  const end = last < lines.length && !lines[last]?.isLoose ? last + 1 : last;
  if (codeLanguageOf(info) === undefined && info !== "") return { said: [info, ...code], end };
  // A fence around nothing is shown as typed.
  if (isBlank(code.join(""))) return { said: lines.slice(index, end).map(({ text }) => bare(text)), end };
  return { said: code, end };
}

/** All items of a list: what is indented below a mark belongs to it, and a line that goes on with its words. */
function listed(lines: readonly Line[], index: number, nest: Nest): Said {
  const said: string[] = [];
  const kind = kindOfMark(lines[index]?.text ?? "");
  let at = index;
  for (;;) {
    const { text = "", isLoose } = lines[at] ?? {};
    const marked = indentOf(text) < 4 && !isLoose ? (listMark.exec(bareStart(text))?.[0] ?? "") : "";
    if (marked === "" || kindOfMark(text) !== kind || rule.test(bare(text))) return { said, end: at };
    const rest = bareStart(text).slice(marked.length);
    const below = lines[at + 1]?.text ?? "";
    const mark = bareEnd(marked).length;
    const spaces = marked.length - mark;
    const indent = indentOf(text) + mark + (spaces > 4 || rest === "" ? 1 : spaces);
    const first = { text: spaces > 4 ? " ".repeat(spaces - 1) + rest : rest };
    // An item may begin on the line below its mark, not further down.
    const isEmpty = rest === "" && bare(below) === "";
    const inner = blocks([first, ...(isEmpty ? [] : itemBelow(lines, at + 1, indent))], within(nest));
    said.push(...inner.said);
    at += Math.max(1, inner.end);
    while (at < lines.length && bare(lines[at]?.text) === "") at++;
  }
}

/** The lines of an item after its first. */
function itemBelow(lines: readonly Line[], from: number, indent: number): Line[] {
  const item: Line[] = [];
  for (let at = from; at < lines.length; at++) {
    const { text = "", isLoose } = lines[at] ?? {};
    if (bare(text) === "") {
      let next = at;
      while (next < lines.length && bare(lines[next]?.text) === "") next++;
      if (indentOf(lines[next]?.text ?? "") < indent) break;
      for (; at < next - 1; at++) item.push({ text: "" });
      item.push({ text: "" });
    } else if (indentOf(text) >= indent && !isLoose) item.push({ text: text.slice(indent) });
    else if (item.at(-1)?.text !== "" && (isLoose || !beginsBlock(text)))
      item.push({ text: bareStart(text), isLoose: true });
    else break;
  }
  return item;
}

/** A list has marks of one kind. */
function kindOfMark(line: string): string | undefined {
  return listMark.exec(bareStart(line))?.[0].trimEnd().at(-1);
}

function beginsBlock(line: string): boolean {
  const words = bare(line);
  const isBlock = quoteStart.test(words) || fenceLine.test(words) || rule.test(words) || listMark.test(words);
  return isBlock || headingOf(words) !== undefined;
}

function linesWhile(lines: readonly Line[], from: number, isPart: (line: Line) => boolean): Line[] {
  const end = lines.findIndex((line, index) => index >= from && !isPart(line));
  return lines.slice(from, end < 0 ? lines.length : end);
}

/** To columns of four, as Markdown counts them. */
function withoutTabs(line: string): string {
  let spaced = "";
  for (const part of line.split(/(\t)/)) spaced += part === "\t" ? " ".repeat(4 - (spaced.length % 4)) : part;
  return spaced;
}

/** Markdown's spaces are these two; others are words. */
function bare(line = ""): string {
  return bareEnd(bareStart(line));
}

function bareStart(line: string): string {
  let start = 0;
  while (line[start] === " " || line[start] === "\t") start++;
  return line.slice(start);
}

function bareEnd(line: string): string {
  let end = line.length;
  while (line[end - 1] === " " || line[end - 1] === "\t") end--;
  return line.slice(0, end);
}

function indentOf(line: string): number {
  let indent = 0;
  for (const character of line) {
    if (character === " ") indent++;
    else if (character === "\t") indent += 4 - (indent % 4);
    else break;
  }
  return indent;
}
