/**
 * Colours for code blocks, on the server: a page needs no script for them. It reads each character once, from left to right, and
 * looks back at none, so that its time grows with the length of the code whatever is written. It knows words, comments,
 * strings and numbers, not the syntax: docs/adr/0018 says why. The classes have the names that themes of highlight.js use.
 */

import { endOfMatch } from "#domain/sticky.ts";
import { type Grammar, grammarOf } from "./code-grammars.ts";
import { escapeWords } from "./escape.ts";

/** In UTF-16 units, of all code in one text. What is more stays plain. */
export const maxHighlighted = 8_192;
/** HTML per character of code, beyond the first thousand; more is code written to make pages big. It stays plain, too. */
export const maxCodeGrowth = 7;
const freeCharacters = 1_000;

type Piece = "comment" | "keyword" | "literal" | "string" | "number" | "attr" | "title" | "name" | "meta" | "variable";
type Difference = "addition" | "deletion" | "meta";

/** Collects HTML; what is next to each other without a colour stays together. */
interface Sheet {
  html: string;
  plain: string;
}

/** @returns HTML, or undefined when the language is not known or the code is too much. */
export function highlight(code: string, language: string): string | undefined {
  if (code.length > maxHighlighted) return undefined;
  const sheet: Sheet = { html: "", plain: "" };
  const grammar = grammarOf(language);
  if (language === "diff" || language === "patch") colourDifference(code, sheet);
  else if (markup.has(language)) colourMarkup(code, sheet);
  else if (grammar !== undefined) colourWords(code, grammar, sheet);
  else return undefined;
  settle(sheet);
  return sheet.html.length > maxCodeGrowth * code.length + freeCharacters ? undefined : sheet.html;
}

const markup: ReadonlySet<string> = new Set(["xml", "html", "xhtml", "svg", "vue", "svelte", "xsl", "xaml"]);

function put(sheet: Sheet, piece: Piece | Difference, text: string): void {
  settle(sheet);
  sheet.html += `<span class="hljs-${piece}">${escapeWords(text)}</span>`;
}

function settle(sheet: Sheet): void {
  if (sheet.plain !== "") sheet.html += escapeWords(sheet.plain);
  sheet.plain = "";
}

const word = /[\p{L}\p{M}\d_]+/uy;
const number = /[\d][\w.]*/y;
const character = /'(?:\\[^\n]{1,8}?|[^'\\\n])'/uy;
const plainRun = /[^\p{L}\d_"'`#@$/\-<;]+/uy;
const introduces = new Set(
  "class struct enum interface trait type def fn func fun function protocol module".split(" "),
);

function colourWords(code: string, grammar: Grammar, sheet: Sheet): void {
  let before = "";
  for (let at = 0; at < code.length; ) {
    const [piece, end] = pieceAt(code, at, grammar, before);
    const text = code.slice(at, end);
    if (piece === undefined) sheet.plain += text;
    else put(sheet, piece, text);
    if (text.trim() !== "") before = text;
    at = end;
  }
}

function pieceAt(code: string, at: number, grammar: Grammar, before: string): [piece: Piece | undefined, end: number] {
  const first = code[at] ?? "";
  const end = endOfMatch(word, code, at);
  if (end !== undefined) {
    if (first >= "0" && first <= "9") return ["number", endOfMatch(number, code, at) ?? end];
    return [wordPiece(code, at, end, grammar, before), end];
  }
  const comment = commentEnd(code, at, grammar);
  if (comment !== undefined) return ["comment", comment];
  const quote = grammar.quotes.find((quote) => code.startsWith(quote, at));
  if (quote !== undefined) {
    const end = stringEnd(code, at, quote);
    return [grammar.keyEnd === ":" && isKey(code, end, ":") ? "attr" : "string", end];
  }
  if (first === "'" && grammar.singleCharacters) {
    const end = endOfMatch(character, code, at);
    return end === undefined ? [undefined, at + 1] : ["string", end];
  }
  if (grammar.sigils?.includes(first) || grammar.directives?.includes(first)) {
    const end = endOfMatch(word, code, at + 1);
    if (end !== undefined) return [grammar.sigils?.includes(first) ? "variable" : "meta", end];
  }
  return [undefined, endOfMatch(plainRun, code, at) ?? at + 1];
}

function wordPiece(code: string, at: number, end: number, grammar: Grammar, before: string): Piece | undefined {
  const written = code.slice(at, end);
  const name = grammar.anyCase ? written.toLowerCase() : written;
  if (grammar.leadingKeyword && (at === 0 || code[at - 1] === "\n")) return "keyword";
  if (grammar.keyEnd !== undefined && isKey(code, end, grammar.keyEnd)) return "attr";
  if (grammar.keywords.has(name)) return "keyword";
  if (grammar.literals.has(name)) return "literal";
  return code[end] === "(" || introduces.has(before) ? "title" : undefined;
}

/** Spaces before the sign count only as far as anybody writes them. */
const keyEnds = { ":": /[ \t]{0,4}:(?!:)/y, "=": /[\w.-]{0,40}[ \t]{0,20}=/y };

function isKey(code: string, end: number, sign: ":" | "="): boolean {
  return endOfMatch(keyEnds[sign], code, end) !== undefined;
}

function commentEnd(code: string, at: number, { lineComments, blockComments }: Grammar): number | undefined {
  const opened = blockComments.find(([open]) => code.startsWith(open, at));
  if (opened !== undefined) return endOf(code, opened[1], at + opened[0].length);
  const isLine = lineComments.some((mark) => code.startsWith(mark, at) && (mark !== "#" || isAlone(code, at)));
  return isLine ? lineEnd(code, at) : undefined;
}

/** `$#` and `a#b` begin no comment. */
function isAlone(code: string, at: number): boolean {
  return at === 0 || /\s/.test(code[at - 1] ?? "");
}

/** Just past its closing quotes; one that is never closed ends with its line, or with the code. */
function stringEnd(code: string, at: number, quote: string): number {
  if (quote.length === 3) return endOf(code, quote, at + 3);
  for (let end = at + 1; end < code.length; end++) {
    const character = code[end];
    if (character === "\\") end++;
    else if (character === quote) return end + 1;
    else if (character === "\n" && quote !== "`") return end;
  }
  return code.length;
}

const name = /<\/?[\w:.-]*/y;
const attribute = /[\w:@.#-]+/y;
const entity = /&[\w#]{1,32};/y;
const betweenTags = /[^<&]+/y;

function colourMarkup(code: string, sheet: Sheet): void {
  let isInTag = false;
  for (let at = 0; at < code.length; ) {
    const quote = code[at] === '"' || code[at] === "'" ? (code[at] ?? "") : undefined;
    let end: number | undefined;
    let piece: Piece | undefined;
    if (code.startsWith("<!--", at)) [piece, end] = ["comment", endOf(code, "-->", at + 4)];
    else if (code.startsWith("<!", at) || code.startsWith("<?", at)) [piece, end] = ["meta", endOf(code, ">", at + 2)];
    else if (code[at] === "<") {
      [piece, end] = ["name", endOfMatch(name, code, at)];
      isInTag = (end ?? 0) > at + 1;
      if (!isInTag) piece = undefined;
    } else if (isInTag && code[at] === ">") {
      [piece, end] = ["name", at + 1];
      isInTag = false;
    } else if (isInTag && quote !== undefined) [piece, end] = ["string", endOf(code, quote, at + 1)];
    else if (isInTag) {
      end = endOfMatch(attribute, code, at);
      if (end !== undefined) piece = "attr";
    } else if (code[at] === "&") {
      end = endOfMatch(entity, code, at);
      if (end !== undefined) piece = "literal";
    } else end = endOfMatch(betweenTags, code, at);
    const text = code.slice(at, end ?? at + 1);
    if (piece === undefined) sheet.plain += text;
    else put(sheet, piece, text);
    at += text.length;
  }
}

const differences: readonly (readonly [RegExp, Difference])[] = [
  [/^(?:@@|diff |index |\+\+\+ |--- |Index: |={3})/, "meta"],
  [/^[+>]/, "addition"],
  [/^[-<]/, "deletion"],
];

function colourDifference(code: string, sheet: Sheet): void {
  for (const line of code.split(/(?<=\n)/)) {
    const kind = differences.find(([pattern]) => pattern.test(line))?.[1];
    if (kind === undefined) sheet.plain += line;
    else put(sheet, kind, line);
  }
}

function lineEnd(code: string, at: number): number {
  const end = code.indexOf("\n", at);
  return end < 0 ? code.length : end;
}

function endOf(code: string, close: string, from: number): number {
  const end = code.indexOf(close, from);
  return end < 0 ? code.length : end + close.length;
}
