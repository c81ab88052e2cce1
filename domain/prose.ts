/**
 * A text without what names nobody: its code, its links and its addresses, as the page shows them. Blocks are those of plain-text.ts,
 * marks within a line those of inline-parts.ts, by which the excerpt is made as well.
 */
import { inlineMarks, walkInline } from "./inline-parts.ts";
import { readBlocks } from "./plain-text.ts";

/** Begins none of what is left out; most texts have none. An indent may be code. */
const plain = /^[^`~\\[<:/\t]*$/;
const indent = " ".repeat(4);
const mayName = /[@＠﹫]/;

/** Paragraph by paragraph. */
export function proseOf(text: string): string {
  if (plain.test(text) && !text.includes(indent)) return text;
  return readBlocks(text, { words: inlineProse, code: () => [] }).join("\n");
}

/** With spaces in place of what is left out. */
function inlineProse(text: string): string {
  if (!mayName.test(text)) return "";
  if (plain.test(text)) return text;
  const bare = withoutAddresses(text);
  let prose = "";
  walkInline(text, inlineMarks(text), { from: 0, to: text.length, inLink: false }, (kind, from, to) => {
    if (kind === "words" || kind === "escaped" || kind === "runs") prose += bare.slice(from, to);
    // A name before it goes no further for it: @ana_https://a.example.
    else prose += kind === "address" ? `${text.slice(from, text.indexOf("/", from))} ` : " ";
  });
  return prose;
}

/** What looks like an address of the web or of mail, also where it is no link. */
const addresses = /(?:\/\/|mailto:)[\p{L}\p{N}\p{M}\-._~:/?#@!$&'*+;=%]+/giu;

/** With as many spaces in their place. */
export function withoutAddresses(text: string): string {
  if (!text.includes("//") && !/mailto:/i.test(text)) return text;
  return text.replace(addresses, (address) => " ".repeat(address.length));
}
