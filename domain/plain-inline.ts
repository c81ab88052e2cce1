/** What a paragraph of Markdown says without its marks: code and escaped characters as they are, links as their labels. */
import { addressAt } from "./address.ts";
import { decodeEntities } from "./entities.ts";
import { codeSpans, type InlineLink, inlineLinks } from "./inline-links.ts";
import { unspacedLetters } from "./unspaced.ts";

const special = /\\|`|\[|!\[|https?:\/\//gi;
const escapable = /[!-/:-@[-`{-~]/;

export function plainInline(text: string): string {
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
    const address = inLink ? undefined : addressAt(text, at, links);
    if (link !== undefined && link.end <= to && (link.image || !inLink)) {
      marked += inlineWithin(text, links, code, link.labelStart, link.labelEnd, true) || link.href;
      at = link.end;
    } else if (text[at] === "\\" && at + 1 < to && escapable.test(text[at + 1] ?? "")) {
      flush(text[at + 1]);
      at += 2;
    } else if (address !== undefined && address.end <= to) {
      flush(text.slice(at, address.end));
      at = address.end;
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
