/** How blocks of a chat differ from a document's: quotes end with their line, marks without words are as typed, no definitions. */
import type { MarkdownIt, StateBlock } from "markdown-it";
import { isBlank } from "#domain/blank.ts";
import { codeLanguageOf } from "#domain/code-languages.ts";
import { fenceLine, headingOf, quoteLine, quoteStart } from "#domain/plain-text.ts";

type BlockRule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean;

export function chatBlocks(md: MarkdownIt): void {
  // Definitions of links show nothing; what is underlined is often a signature or a row of dashes.
  md.block.ruler.disable(["reference", "html_block", "lheading"]);
  const list = builtIn(md, "list");
  const anywhere = { alt: ["paragraph", "reference", "blockquote", "list"] };
  md.block.ruler.at("fence", fence, anywhere);
  md.block.ruler.at("blockquote", quote, anywhere);
  md.block.ruler.at("heading", heading, anywhere);
  const listOfWords: BlockRule = (state, startLine, endLine, silent) =>
    ((silent && state.listIndent >= 0) || !isLoneMarker(state, startLine, endLine)) &&
    list(state, startLine, endLine, silent);
  const table = builtIn(md, "table");
  const tableOfAll: BlockRule = (state, startLine, endLine, silent) =>
    !itemMark.test(lineAt(state, startLine)) &&
    table(state, startLine, endLine, true) &&
    holdsAll(state, startLine, endLine) &&
    (silent || table(state, startLine, endLine, false));
  md.block.ruler.at("table", tableOfAll, { alt: ["paragraph", "reference"] });
  md.block.ruler.at("list", listOfWords, { alt: ["paragraph", "reference", "blockquote"] });
}

/** A rule of markdown-it itself, to be used within one of ours. */
function builtIn(md: MarkdownIt, name: string): BlockRule {
  const rule = md.block.ruler.getRules("").find((rule) => rule.name === name);
  if (rule === undefined) throw new Error(`Markdown-it has no rule "${name}".`);
  return rule;
}

function lineAt(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

/** Relative to the block that the line stands in. */
function indentAt(state: StateBlock, line: number): number {
  return (state.sCount[line] ?? 0) - state.blkIndent;
}

function firstAt(state: StateBlock, line: number): string {
  return state.src[(state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0)] ?? "";
}

const itemMark = /^(?:[-+*]|\d{1,9}[.)])[ \t]/;
const loneMarker = /^(?:[-+*]|\d{1,9}[.)])[ \t]*$/;

/** A dash, a star or a number alone, with nothing indented below it. Within a list it is an item that is still empty. */
function isLoneMarker(state: StateBlock, line: number, endLine: number): boolean {
  if (!/[-+*\d]/.test(firstAt(state, line))) return false;
  const isLast = line + 1 >= endLine || state.isEmpty(line + 1) || indentAt(state, line + 1) < 2;
  return isLast && loneMarker.test(lineAt(state, line));
}

/** Rows that were looked through, as far as the next empty line, by the state of their text. */
const looked = new WeakMap<StateBlock, { end: number; holdsAll: boolean }>();

/** A table drops the cells of a row that has more than its head: then it is none. Each line is looked at once. */
function holdsAll(state: StateBlock, startLine: number, endLine: number): boolean {
  const before = looked.get(state);
  if (before !== undefined && startLine < before.end) return before.holdsAll;
  const columns = cellsIn(lineAt(state, startLine));
  let line = startLine + 2;
  let holdsAll = true;
  for (; line < endLine && !state.isEmpty(line); line++) holdsAll &&= cellsIn(lineAt(state, line)) <= columns;
  looked.set(state, { end: line, holdsAll });
  return holdsAll;
}

function cellsIn(line: string): number {
  const row = line.trim().replace(/^\|/, "");
  let cells = row === "" || (row.endsWith("|") && !row.endsWith("\\|")) ? 0 : 1;
  for (let at = 0; at < row.length; at++) if (row[at] === "|" && row[at - 1] !== "\\") cells++;
  return cells;
}

const heading: BlockRule = (state, line, _endLine, silent) => {
  if (firstAt(state, line) !== "#" || indentAt(state, line) >= 4) return false;
  const found = headingOf(lineAt(state, line));
  if (found === undefined) return false;
  if (silent) return true;
  state.line = line + 1;
  const tag = `h${found.level}`;
  state.push("heading_open", tag, 1);
  const inline = state.push("inline", "", 0);
  inline.content = found.words;
  inline.children = [];
  state.push("heading_close", tag, -1);
  return true;
};

/** What follows the fence and names no language is the first line of the code. */
const fence: BlockRule = (state, startLine, endLine, silent) => {
  const first = firstAt(state, startLine);
  if ((first !== "`" && first !== "~") || indentAt(state, startLine) >= 4) return false;
  const [, opening, info = ""] = fenceLine.exec(lineAt(state, startLine)) ?? [];
  if (opening === undefined) return false;
  if (silent) return true;
  let next = startLine + 1;
  let isClosed = false;
  for (; next < endLine && !isClosed; next++) {
    if (indentAt(state, next) < 0 && !state.isEmpty(next)) break;
    isClosed = indentAt(state, next) < 4 && closes(state, next, opening);
  }
  state.line = next;
  const language = codeLanguageOf(info);
  const beginning = language === undefined ? info.trimEnd() : "";
  const code = state.getLines(startLine + 1, isClosed ? next - 1 : next, state.sCount[startLine] ?? 0, true);
  if (beginning === "" && isBlank(code)) return fenceAsTyped(state, startLine, next);
  const token = state.push("fence", "code", 0);
  token.info = language ?? "";
  token.content = beginning === "" ? code : `${beginning}\n${code}`;
  return true;
};

/** A fence around nothing, as one that ends a text, would be an empty box. */
function fenceAsTyped(state: StateBlock, startLine: number, endLine: number): true {
  const lines = Array.from({ length: endLine - startLine }, (_, index) => lineAt(state, startLine + index));
  state.push("paragraph_open", "p", 1);
  const inline = state.push("inline", "", 0);
  inline.content = lines.join("\n").trimEnd().replace(/[`~]/g, "\\$&");
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  return true;
}

function closes(state: StateBlock, line: number, opening: string): boolean {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const end = state.skipChars(start, opening.charCodeAt(0));
  return end - start >= opening.length && state.skipSpaces(end) >= (state.eMarks[line] ?? 0);
}

/** Each line of a quote has its mark; the first that has none stands outside. */
const quote: BlockRule = (state, startLine, endLine, silent) => {
  if (firstAt(state, startLine) !== ">" || indentAt(state, startLine) >= 4) return false;
  if (!quoteStart.test(lineAt(state, startLine))) return false;
  if (silent) return true;
  let next = startLine;
  while (next < endLine && isQuoted(state, next)) next++;
  const { parentType, lineMax, blkIndent } = state;
  const kept = [state.bMarks, state.tShift, state.sCount, state.bsCount].map(
    (column) => [column, column.slice(startLine, next)] as const,
  );
  for (let line = startLine; line < next; line++) takeMark(state, line);
  Object.assign(state, { parentType: "blockquote", lineMax: next, blkIndent: 0 });
  state.push("blockquote_open", "blockquote", 1);
  state.md.block.tokenize(state, startLine, next);
  state.push("blockquote_close", "blockquote", -1);
  for (const [column, values] of kept) for (const [index, value] of values.entries()) column[startLine + index] = value;
  Object.assign(state, { parentType, lineMax, blkIndent, line: next });
  return true;
};

function isQuoted(state: StateBlock, line: number): boolean {
  const indent = indentAt(state, line);
  return indent >= 0 && indent < 4 && quoteLine.test(lineAt(state, line));
}

/** Moves the beginning of a line past its first mark and one column after it. Tabs go to columns of four of the whole line. */
function takeMark(state: StateBlock, line: number): void {
  const mark = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const end = state.eMarks[line] ?? mark;
  const column = (state.bsCount[line] ?? 0) + (state.sCount[line] ?? 0) + 1;
  let reached = column;
  let first = mark + 1;
  for (; first < end && /[ \t]/.test(state.src[first] ?? ""); first++) {
    reached += state.src[first] === "\t" ? 4 - (reached % 4) : 1;
  }
  const taken = reached > column ? 1 : 0;
  // A tab that reaches further than one column stays, for what is left of it.
  const isTaken = state.src[mark + 1] === " " || (taken === 1 && column % 4 === 3);
  const start = mark + (isTaken ? 2 : 1);
  state.bMarks[line] = start;
  state.tShift[line] = first - start;
  state.bsCount[line] = column + taken;
  state.sCount[line] = reached - column - taken;
}
