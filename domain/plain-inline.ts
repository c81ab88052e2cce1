/** What a paragraph of Markdown says without its marks: code and escaped characters as they are, links as their labels. */
import { decodeEntities } from "./entities.ts";
import { type InlineMarks, inlineMarks, type Stretch, walkInline } from "./inline-parts.ts";
import { unspacedLetters } from "./unspaced.ts";

export function plainInline(text: string): string {
  return inlineWithin(text, inlineMarks(text), { from: 0, to: text.length, inLink: false });
}

/** Code and escaped characters as they are, links as their labels, the rest without emphasis. */
function inlineWithin(text: string, marks: InlineMarks, stretch: Stretch): string {
  let said = "";
  let marked = "";
  const flush = (as: string): void => {
    said += withoutEmphasis(decodeEntities(marked)) + as;
    marked = "";
  };
  walkInline(text, marks, stretch, (kind, from, to) => {
    if (kind === "words") marked += text.slice(from, to);
    else if (kind === "link") marked += labelAt(text, marks, from);
    else if (kind === "escaped") flush(text.slice(from + 1, to));
    else if (kind === "code") flush(withoutBackticks(text.slice(from, to)));
    else flush(text.slice(from, to));
  });
  flush("");
  return said;
}

function labelAt(text: string, marks: InlineMarks, at: number): string {
  const link = marks.links.get(at);
  if (link === undefined) return "";
  return inlineWithin(text, marks, { from: link.labelStart, to: link.labelEnd, inLink: true }) || link.href;
}

function withoutBackticks(code: string): string {
  const mark = /^`+/.exec(code)?.[0].length ?? 0;
  return code.slice(mark, code.length - mark);
}

const besides = `[\\p{N}_*~\`]|(?![${unspacedLetters}])\\p{L}`;
const emphasis = new RegExp(`(?<!${besides})(\\*{1,3}|_{1,3}|~~)(?=\\S)([^\\n*_~\`]+)(?<=\\S)\\1(?!${besides})`, "gu");

function withoutEmphasis(text: string): string {
  return text.replace(emphasis, "$2");
}
