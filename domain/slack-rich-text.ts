/** Slack's rich text: pieces with a style, lists, quotations, code. */
import { type Json, listIn, objectIn, textIn } from "./slack-paper.ts";
import { escaped, linkTo } from "./slack-reference.ts";
import { codeBlock, fromSlack, inlineCode, type Piece, written } from "./slack-text.ts";

const maxPieces = 500;
/** Slack's lists are at most so deep. */
const maxIndent = 8;

/** @param part one element of a block of rich text */
export function richTextOf(part: Json, maxBytes: number): string {
  const type = textIn(part.type);
  const elements = listIn(part.elements).slice(0, maxPieces);
  if (type === "rich_text_preformatted") return written(codeBlock(elements.map(wordsOf).join(""), false), maxBytes);
  if (type === "rich_text_list") return listOf(part, elements, maxBytes);
  if (type !== "rich_text_quote") return inline(elements, maxBytes);
  const mark = "> ";
  const lines = elements.map(wordsOf).join("").split("\n").length;
  return inline(elements, maxBytes - lines * mark.length).replace(/^/gm, mark);
}

function listOf(part: Json, items: readonly Json[], maxBytes: number): string {
  const indent = "   ".repeat(Math.min(maxIndent, Math.max(0, Number(textIn(part.indent)) || 0)));
  const lines: string[] = [];
  let left = maxBytes;
  for (const [index, item] of items.entries()) {
    const mark = textIn(part.style) === "ordered" ? `${index + 1}.` : "-";
    const line = `${indent}${mark} ${inline(listIn(item.elements).slice(0, maxPieces), left).replaceAll("\n", " ")}`;
    left -= new TextEncoder().encode(line).length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  return lines.join("\n");
}

function inline(elements: readonly Json[], maxBytes: number): string {
  return written(
    elements.map((element) => pieceOf(element, maxBytes)),
    maxBytes,
  );
}

/** Marks of a style, at both ends. */
const maxMarkBytes = 10;

function pieceOf(element: Json, maxBytes: number): Piece {
  const words = wordsOf(element);
  const address = textIn(element.url);
  if (address !== "") return { text: linkTo(address, textIn(element.text)), kind: "reference" };
  if (element.type === "emoji" && /^[\w+-]{1,100}$/.test(textIn(element.name))) return { text: words, kind: "other" };
  const { code, bold, italic, strike } = objectIn(element.style);
  if (code === true) return inlineCode(words);
  const text =
    element.type === "text"
      ? fromSlack(words.replace(/&/g, "&amp;"), "plain", maxBytes - maxMarkBytes)
      : escaped(words);
  const mark = `${bold === true ? "**" : ""}${italic === true ? "_" : ""}${strike === true ? "~~" : ""}`;
  const inside = text.trim();
  const [before, after] = [text.slice(0, text.length - text.trimStart().length), text.slice(text.trimEnd().length)];
  const closing = mark === "" ? "" : mark.replace(/(\*\*)?(_)?(~~)?/, (_all, b = "", i = "", s = "") => `${s}${i}${b}`);
  return { text: inside === "" ? text : `${before}${mark}${inside}${closing}${after}`, kind: "other" };
}

/** As Slack shows it, without marks. */
function wordsOf(element: Json): string {
  switch (element.type) {
    case "emoji":
      return `:${textIn(element.name)}:`;
    case "user":
      return `@${textIn(element.user_id)}`;
    case "usergroup":
      return `@${textIn(element.usergroup_id)}`;
    case "channel":
      return `#${textIn(element.channel_id)}`;
    case "broadcast":
      return `@${textIn(element.range)}`;
    case "date":
      return textIn(element.fallback) || textIn(element.timestamp);
    case "color":
      return textIn(element.value);
    default:
      return textIn(element.text) || textIn(element.url);
  }
}
