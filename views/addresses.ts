/**
 * Addresses of the web within words (`https://…`), found in one step per character, and how an address is shown: its host is
 * decoded only where it can't be taken for another one.
 */
import { maxLinkLength } from "#domain/inline-links.ts";
import { nameSkeleton } from "#domain/user.ts";

const scheme = /(?<![a-z\d+.-])https?:\/\//iy;
/** Longest of the domain name system. */
const host =
  /[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.-]{0,252}[\p{L}\p{N}\p{M}_])?(?::\d{1,5})?(?=[.:]*(?:$|[^\p{L}\p{N}\p{M}_@:.-]))/uy;
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
  const hostStart = after(scheme, text, at);
  const hostEnd = hostStart === undefined ? undefined : after(host, text, hostStart);
  if (hostEnd === undefined) return undefined;
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
    at = after(rest, text, at) ?? at;
    const character = text[at];
    if (character === "(") parentheses++;
    else if (character === "[") {
      if (links.has(at)) return at;
      if (links.has(at - 1)) return at - 1;
      brackets++;
    } else if (character === ")" ? --parentheses < 0 : character !== "]" || --brackets < 0) return at;
  }
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const parts = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)/i;

/** @returns the host with its port and without "www.", in lower case; undefined if it is no address of the web */
export function hostOf(address: string): string | undefined {
  return parts
    .exec(address)?.[2]
    ?.toLowerCase()
    .replace(/^.*@/, "")
    .replace(/^www\./, "");
}

/** @param decode from `xn--` to Unicode */
export function shownAddress(address: string, written: string, decode: (label: string) => string): string {
  const [whole, , ascii = ""] = parts.exec(address) ?? [];
  const [typed, start = ""] = parts.exec(written) ?? [];
  if (whole === undefined || typed === undefined || !/xn--/i.test(ascii)) return written;
  return start + shownHost(ascii, decode) + written.slice(typed.length);
}

export function shownHost(ascii: string, decode: (label: string) => string): string {
  return ascii
    .split(".")
    .map((label) => {
      if (!/^xn--/i.test(label)) return label;
      const decoded = decode(label);
      return isUnmistakable(decoded) ? decoded : label;
    })
    .join(".");
}

/** Scripts written from left to right, none of whose words passes for one in Latin letters. */
const apart = ["Deva", "Beng", "Guru", "Gujr", "Taml", "Telu", "Thai", "Geor", "Khmr", "Ethi"].map(
  (script) => new RegExp(`^[\\p{sc=${script}}\\d-]+$`, "u"),
);
const eastAsian = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}ー\d-]+$/u;
/** Letters of Latin with a mark that is seen at once. */
const latin = /^[a-zäöüßåæøñçéèêëàâôûáóúãõ\d-]+$/u;
const alphabets = [/^[\p{sc=Cyrl}\d-]+$/u, /^[\p{sc=Grek}\d-]+$/u, /^[\p{sc=Armn}\d-]+$/u];

/** One script, and at least one letter that no Latin one looks like. */
function isUnmistakable(label: string): boolean {
  if (label.normalize("NFC") !== label || /(?![0-9])\p{N}/u.test(label)) return false;
  if (eastAsian.test(label) || latin.test(label) || apart.some((script) => script.test(label))) return true;
  return (
    alphabets.some((alphabet) => alphabet.test(label)) &&
    [...label].some((letter) => /\p{L}/u.test(letter) && !/[a-z]/.test(nameSkeleton(letter)))
  );
}
