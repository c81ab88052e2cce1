/** Addresses of the web within words (`https://…`). Used by what renders a message and by what makes an excerpt of it. */
import { maxLinkLength } from "./inline-links.ts";
import { endOfMatch } from "./sticky.ts";
import { unspacedLetters } from "./unspaced.ts";

const scheme = /(?<![a-z\d+.-])https?:\/\//iy;
/** Longest of the domain name system. */
const host =
  /[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.-]{0,252}[\p{L}\p{N}\p{M}_])?(?::\d{1,5})?(?=[.:]*(?:$|[^\p{L}\p{N}\p{M}_@:.-]))/uy;
/** What goes on without a space after a host that ends in Latin letters is no more of it, as in https://example.org看看. */
const wordsAfter = new RegExp(`(?<=[./][a-z\\d-]{1,63})[${unspacedLetters}][^.]*$`, "iu");
/** Up to a space, a quote, a bracket, or punctuation of East Asia. */
const rest =
  /[^\s\p{Cc}\p{Cf}\p{Z}<>"`|\\^{}()[\]\u3001-\u303F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]+/uy;
/** Written after an address more often than at its end. */
const trailing = new Set("?!.,:;*_~'");

/**
 * Reads no character twice: what is too long to be an address is returned to be passed over as a whole.
 * @param at where its scheme begins
 * @param links that begin elsewhere: it ends before them
 * @returns where it ends; undefined if none begins there
 */
export function addressAt(
  text: string,
  at: number,
  links: ReadonlyMap<number, unknown>,
): { readonly end: number; readonly isTooLong: boolean } | undefined {
  const hostStart = endOfMatch(scheme, text, at);
  const wholeEnd = hostStart === undefined ? undefined : endOfMatch(host, text, hostStart);
  if (hostStart === undefined || wholeEnd === undefined) return undefined;
  // With the slash before it, so that a host of one word is seen.
  const words = wordsAfter.exec(text.slice(hostStart - 1, wholeEnd));
  const hostEnd = words === null ? wholeEnd : hostStart - 1 + words.index;
  const end = /[/?#]/.test(text[hostEnd] ?? "") ? restEnd(text, hostEnd, links) : hostEnd;
  if (end - at > maxLinkLength) return { end, isTooLong: true };
  let trimmed = end;
  while (trimmed > hostEnd && trailing.has(text[trimmed - 1] ?? "")) trimmed--;
  return { end: trimmed, isTooLong: false };
}

/** Before what closes a parenthesis or bracket that was opened before the address. */
function restEnd(text: string, from: number, links: ReadonlyMap<number, unknown>): number {
  let parentheses = 0;
  let brackets = 0;
  for (let at = from; ; at++) {
    at = endOfMatch(rest, text, at) ?? at;
    const character = text[at];
    if (character === "(") parentheses++;
    else if (character === "[") {
      if (links.has(at)) return at;
      if (links.has(at - 1)) return at - 1;
      brackets++;
    } else if (character === ")" ? --parentheses < 0 : character !== "]" || --brackets < 0) return at;
  }
}
