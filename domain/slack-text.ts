/**
 * What programs write for Slack (https://api.slack.com/reference/surfaces/formatting), as Markdown. Slack's marks mean what they mean there;
 * what is a mark of Markdown alone is escaped, so that a text reads as its writer meant it. Takes time in proportion to the text.
 */
import { referenceOf, unescaped } from "./slack-reference.ts";
import { byteLength } from "./text.ts";
import { trimmed } from "./trimmed.ts";

/** "mrkdwn": with Slack's marks and references. "plain": as it is written, but for the three characters that Slack escapes. */
export type SlackStyle = "mrkdwn" | "plain";

/** What is between two marks, or a mark. */
export interface Piece {
  readonly text: string;
  /** `word`: letters and digits. `reference`: Markdown that stands for something in angle brackets. Others are written as they are. */
  readonly kind: "word" | "space" | "mark" | "reference" | "other";
  /** It may end anywhere, if there is no room for all of it. */
  readonly cuttable?: true;
  /** Of one that opens: what must end it. */
  readonly opens?: string;
  readonly closes?: true;
}

/** Put where there was more than there is room for. */
export const ellipsis = "…";

/** @returns at most `maxBytes` of UTF-8; what is longer ends with an ellipsis */
export function fromSlack(text: string, style: SlackStyle, maxBytes: number): string {
  const room: Room = { left: maxBytes };
  const pieces = style === "plain" ? linesOf(text, style, room) : withBlocks(text, room);
  return written(pieces, maxBytes);
}

/** How many more characters can be shown, at most. What comes after there is no more room is not looked at. */
interface Room {
  left: number;
}

/** For one line: a title, a name. */
export function lineFromSlack(text: string, style: SlackStyle, maxBytes: number): string {
  return fromSlack(text.replace(/\s+/g, " ").trim(), style, maxBytes);
}

const fence = "```";

/** Blocks of code are between three backticks, wherever these are. */
function withBlocks(text: string, room: Room): readonly Piece[] {
  const parts = text.split(fence);
  // The last fence of an odd number opens nothing.
  const unclosed = parts.length % 2 === 0 ? parts.pop() : undefined;
  if (unclosed !== undefined) parts[parts.length - 1] += `${fence}${unclosed}`;
  const found: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    if (room.left < 0) break;
    if (index % 2 === 0) {
      found.push(...linesOf(betweenBlocks(part, index > 0, index < parts.length - 1), "mrkdwn", room));
    } else if (part.trim() === "") found.push(...linesOf(`${fence}${part}${fence}`, "plain", room));
    else {
      const block = codeBlock(unescaped(part), index > 1 || parts[0] !== "");
      found.push(...block);
      for (const { text: written } of block) room.left -= written.length;
    }
  }
  return found;
}

/** A block stands on lines of its own: the ends of line beside it are there already. */
function betweenBlocks(part: string, after: boolean, before: boolean): string {
  const begun = after ? part.replace(/^[^\S\n]*\n/, "") : part;
  const last = before ? begun.lastIndexOf("\n") : -1;
  return last >= 0 && begun.slice(last).trim() === "" ? begun.slice(0, last) : begun;
}

export function codeBlock(content: string, below = true): readonly Piece[] {
  const longest = Math.max(2, ...[...content.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const marks = "`".repeat(longest + 1);
  return [
    { text: `${below ? "\n" : ""}${marks}\n`, kind: "other", opens: `\n${marks}\n` },
    { text: content.replace(/^\n|\n$/g, ""), kind: "other", cuttable: true },
    { text: `\n${marks}\n`, kind: "other", closes: true },
  ];
}

function linesOf(text: string, style: SlackStyle, room: Room): readonly Piece[] {
  let quoted = false;
  let rest = false;
  const found: Piece[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (room.left < 0) break;
    const quote = style === "plain" ? undefined : /^(?:&gt;|>)((?:&gt;|>){2})?[^\S\n]?/.exec(line);
    rest ||= quote?.[1] !== undefined;
    const now = rest || quote !== null;
    const isQuote = style !== "plain" && now;
    // A line after a quotation is outside of it.
    const end = index === 0 ? "" : quoted && !isQuote ? "\n\n" : "\n";
    const start = `${end}${isQuote ? "> " : ""}`;
    quoted = isQuote;
    if (start !== "") found.push(other(start));
    room.left -= start.length;
    const inside = quote ? line.slice(quote[0].length) : line;
    found.push(...withoutBlockMarks(inlineOf(inside, style, room)));
  }
  return found;
}

const tokens = /`[^`]+`|<[^<>]+>|https?:\/\/[^\s<>|`]+|\s+|[\p{L}\p{M}\p{N}]+|\*+|_+|~+|&(?:amp|lt|gt);|[\s\S]/gu;
const none: ReadonlySet<string> = new Set();
/** After an address these belong to the sentence, or are marks. */
const afterAddress = new Set("*_~.,;:!?'\")]");

/** One line without the marks at its start. */
function inlineOf(line: string, style: SlackStyle, room: Room): readonly Piece[] {
  const found: Piece[] = [];
  tokens.lastIndex = 0;
  for (let match = tokens.exec(line); match !== null && room.left >= 0; match = tokens.exec(line)) {
    const [token] = match;
    if (/^https?:/.test(token)) {
      const address = trimmed(token, none, afterAddress);
      tokens.lastIndex = match.index + address.length;
      found.push({ text: unescaped(address), kind: "reference" });
    } else if (token.length > 1 && token[0] === "`") {
      if (style === "plain") tokens.lastIndex = match.index + 1;
      found.push(style === "plain" ? other("\\`") : inlineCode(unescaped(token.slice(1, -1))));
    } else if (token.length > 1 && token[0] === "<") {
      const reference = style === "plain" ? undefined : referenceOf(token.slice(1, -1));
      if (reference === undefined) tokens.lastIndex = match.index + 1;
      found.push(reference === undefined ? other("\\<") : { text: reference, kind: "reference" });
    } else found.push(plain(token, line[match.index + token.length] ?? ""));
    room.left -= found.at(-1)?.text.length ?? 0;
  }
  const all = found.map((piece, at) => beside(piece, found[at - 1], found[at + 1]));
  return style === "plain" ? all.map(asWritten) : paired(all);
}

function plain(token: string, next: string): Piece {
  if (/^\s/.test(token)) return { text: token, kind: "space" };
  if (/^[\p{L}\p{M}\p{N}]/u.test(token)) return { text: token, kind: "word", cuttable: true };
  if (/^[*_~]$/.test(token)) return { text: token, kind: "mark" };
  const text = unescaped(token);
  const isMark =
    /^[*_~`<]/.test(text) || (text === "]" && /[(:]/.test(next)) || (text === "\\" && !/[\p{L}\p{N}\s]/u.test(next));
  return other(isMark ? [...text].map((each) => `\\${each}`).join("") : text);
}

/** What only means something beside another: an entity, an image, an underscore within a word. */
function beside(piece: Piece, before: Piece | undefined, after: Piece | undefined): Piece {
  if (piece.text === "&" && (after?.kind === "word" || after?.text === "#")) return other("\\&");
  if (piece.text === "!" && after?.kind === "reference") return other("\\!");
  if (piece.text === "_" && before?.kind === "word" && after?.kind === "word") return other("_");
  return piece;
}

const asWritten = (piece: Piece): Piece => (piece.kind === "mark" ? other(`\\${piece.text}`) : piece);
const inMarkdown: Readonly<Record<string, string>> = { "*": "**", _: "_", "~": "~~" };

/** Marks in pairs open and close; every other is a character. */
function paired(pieces: readonly Piece[]): readonly Piece[] {
  const out = pieces.map(asWritten);
  const open: number[] = [];
  const count = new Map<string, number>();
  const add = (mark: string, n: number) => count.set(mark, (count.get(mark) ?? 0) + n);
  for (const [at, { kind, text }] of pieces.entries()) {
    if (kind !== "mark") continue;
    const [before, after] = [pieces[at - 1], pieces[at + 1]];
    const canClose = before !== undefined && before.kind !== "space" && after?.kind !== "word";
    if (canClose && (count.get(text) ?? 0) > 0 && open.at(-1) !== at - 1) {
      let from = open.pop() ?? at;
      for (; pieces[from]?.text !== text; from = open.pop() ?? at) add(pieces[from]?.text ?? "", -1);
      add(text, -1);
      const mark = inMarkdown[text] ?? text;
      out[from] = { text: mark, kind: "mark", opens: mark };
      out[at] = { text: mark, kind: "mark", closes: true };
    } else if (before?.kind !== "word" && after !== undefined && after.kind !== "space") {
      open.push(at);
      add(text, 1);
    }
  }
  return out;
}

/** Slack has no headings, lists, rules, tables and indented code. */
function withoutBlockMarks(pieces: readonly Piece[]): readonly Piece[] {
  const [first, second, third] = pieces;
  if (first === undefined) return pieces;
  if (first.kind === "space") {
    const indent = /^ {1,3}$/.test(first.text) ? first.text : "\u00a0".repeat(first.text.length);
    return [{ text: indent, kind: "space" }, ...withoutBlockMarks(pieces.slice(1))];
  }
  const line = pieces.map(({ text }) => text).join("");
  if (/^(?:>|#{1,6}(?:\s|$)|[-+](?:\s|$)|[-=|:][-=|:\s]*$)/.test(line)) {
    return [other(`\\${first.text}`), ...pieces.slice(1)];
  }
  if (/^\d{1,9}$/.test(first.text) && /^[.)]$/.test(second?.text ?? "") && (third?.kind ?? "space") === "space") {
    return [first, other(`\\${second?.text}`), ...pieces.slice(2)];
  }
  return pieces;
}

export function inlineCode(content: string): Piece {
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = "`".repeat(longest + 1);
  const padding = /^`|`$/.test(content) ? " " : "";
  return other(`${marks}${padding}${content}${padding}${marks}`);
}

/** All of it, or as much as there is room for, with everything ended that was begun. */
export function written(pieces: readonly Piece[], maxBytes: number): string {
  const whole = pieces.map(({ text }) => text).join("");
  if (byteLength(whole) <= maxBytes) return whole;
  // With a space, because an address would go on with it.
  const end = ` ${ellipsis}`;
  let left = maxBytes - byteLength(end);
  if (left < 0) return "";
  const parts: string[] = [];
  const ends: string[] = [];
  for (const { text, opens, closes, cuttable } of pieces) {
    if (closes) left += byteLength(ends.pop() ?? "");
    const size = byteLength(text) + byteLength(opens ?? "");
    if (size > left) {
      if (cuttable) parts.push(cutTo(text, left));
      break;
    }
    parts.push(text);
    left -= size;
    if (opens !== undefined) ends.push(opens);
  }
  return `${parts.join("").trimEnd()}${end}${ends.reverse().join("")}`;
}

/** At the end of a character. */
export function cutTo(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function other(text: string): Piece {
  return { text, kind: "other" };
}
