/** Whether the words of a link show another address than the one they lead to. What is seen is compared, not what was typed. */
import type { Token } from "markdown-it";
import tlds from "tlds";
import { trimmed } from "#domain/trimmed.ts";
import { unspacedLetters } from "#domain/unspaced.ts";
import { nameSkeleton } from "#domain/user.ts";
import { hostOf } from "./addresses.ts";

/** Characters of a link's words that are looked through. Of longer ones the host is shown always: that is no name of a link. */
export const maxLinkWords = 1_000;

/** Characters of words that are as much work as a piece of the text: letters that look like others are taken apart. */
const charactersOfWork = { ascii: 4, other: 1 };

/** What a link's words cost when they are looked through, in pieces (markdown-budget.ts). */
export function wordsWork(words: string): number {
  if (words.length > maxLinkWords || !mayHoldAddress.test(words)) return 0;
  return Math.ceil(words.length / charactersOfWork[isAscii.test(words) ? "ascii" : "other"]);
}

/** What a link's words show, and where it leads. */
export interface LinkWords {
  readonly words: string;
  readonly href: string;
  /** From Unicode to `xn--`. */
  readonly encode: (address: string) => string;
}

const mayHoldAddress = /[.:@]|[^\0-\x7F]/;
/** What turns the order of characters round. */
const turning = /[\u202A-\u202E\u2066-\u2069]/;
const isAscii = /^[\0-\x7F]*$/;
/** Of Markdown: whether each opens something is known later. */
const marks = /[*_~`]/g;
/** And spaces too thin to be seen. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2005\u2006\u2009\u200A\u202F]/gu;
/** Phrases in one character, of no address. */
const phrases = /[\uFDFA\uFDFB]/g;
const dotLike = /[\u3002\u0701\u0702\uA60E\uA4F8\u0660\u06F0]/g;
const run = /[\p{L}\p{N}\p{M}.-]+/gu;
const outerSigns = new Set(".-");
/** Before a host: its scheme, or the rest of a mail address. */
const maxBefore = 72;
const localPart = /[\p{L}\p{N}\p{M}.+-]+@$/u;
const scheme = /(?:https?|ftp):[/\\]+$/;
const userinfo = /^[^/?#\\\s]*@/;
/** What follows the real host belongs to it. */
const restOfAddress = /^(?::\d{1,5})?[/?#][^\s()<>[\]{}"]*/;
const port = /^:\d{1,5}(?!\d)/;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const betweenScripts = new RegExp(
  `(?<=[${unspacedLetters}])(?=[\\p{sc=Latn}\\d])|(?<=[\\p{sc=Latn}\\d])(?=[${unspacedLetters}])`,
  "u",
);
const topLevels: ReadonlySet<string> = new Set(tlds.map(looksOf));
/** Ends of file names that are countries or kinds of sites as well. */
const fileEndings: ReadonlySet<string> = new Set("cc in md mk ml mm mov pl pm ps py rs sh so tf zip".split(" "));

/** What the tokens of a link's words show. */
export function wordsOf(tokens: readonly Token[], pending: string): string {
  return tokens.map(({ type, content }) => (type.endsWith("break") ? " " : content)).join("") + pending;
}

/** @returns where the link really leads, where its words show another host or mail address */
export function hiddenTarget(link: LinkWords): string | undefined {
  return showsOther(link) ? (hostOf(link.href) ?? mailOf(link.href) ?? link.href) : undefined;
}

function showsOther({ words, href, encode }: LinkWords): boolean {
  if (words.length > maxLinkWords) return true;
  if (!mayHoldAddress.test(words)) return false;
  if (turning.test(words)) return true;
  const seen = folded(words);
  const isReal = realHost(href, encode);
  let readTo = 0;
  return [...seen.matchAll(run)].some(({ 0: found, index }) => {
    if (index < readTo) return false;
    const [before, after] = [seen.slice(Math.max(0, index - maxBefore), index), seen.slice(index + found.length)];
    const read = () => {
      readTo = index + found.length + (restOfAddress.exec(after)?.[0].length ?? 0);
      return false;
    };
    // Their last character first: both begin anywhere in what is before.
    if (/[/\\]/.test(before.at(-1) ?? "") && scheme.test(before))
      return userinfo.test(after) || !isReal(withPort(found, after)) || read();
    if (/^[+@]/.test(after)) return false;
    const host = trimmed(found, outerSigns, outerSigns);
    const local = before.endsWith("@") ? localPart.exec(before)?.[0] : undefined;
    if (local !== undefined) return isHost(host) && !leadsToMail(href, local + host) && !isReal(host);
    const pieces = host.split(betweenScripts);
    if (!pieces.some(isHost)) return false;
    if (isReal(withPort(host, after))) return read();
    return pieces.some((piece, at) => {
      const whole = at === pieces.length - 1 ? withPort(piece, after) : piece;
      return isHost(piece) && !isReal(whole) && !isFileThere(piece, href);
    });
  });
}

/** @returns whether a host is the one that an address leads to */
function realHost(href: string, encode: (address: string) => string): (host: string) => boolean {
  const real = hostOf(href)?.replaceAll("_", "");
  const known = new Map<string, boolean>();
  return (host) => {
    const isReal = known.get(host) ?? hostSeen(host, encode) === real;
    known.set(host, isReal);
    return isReal;
  };
}

function folded(words: string): string {
  if (isAscii.test(words)) return words.replace(marks, "").toLowerCase();
  const seen = words.replace(phrases, " ").replace(unseen, "").normalize("NFKC").replace(marks, "");
  return seen.replace(dotLike, ".").toLowerCase();
}

function hostSeen(host: string, encode: (address: string) => string): string | undefined {
  const address = `http://${host.replace(/\.+(?=$|:)/, "")}/`;
  return hostOf(isAscii.test(address) ? address : encode(address));
}

function withPort(host: string, after: string): string {
  return host + (port.exec(after)?.[0] ?? "");
}

function isHost(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot > 0 && (topLevels.has(looksOf(name.slice(dot + 1))) || ipv4.test(name));
}

function looksOf(label: string): string {
  return isAscii.test(label) ? label : nameSkeleton(label.normalize("NFD").replace(/\p{M}/gu, ""));
}

/** README.md leads to a file of that name. */
function isFileThere(name: string, href: string): boolean {
  if (!fileEndings.has(name.slice(name.lastIndexOf(".") + 1))) return false;
  const path = href.toLowerCase().replace(/[?#].*$/, "");
  return path.split("/").slice(3).includes(name) || (path.startsWith("/") && path.endsWith(`/${name}`));
}

function leadsToMail(href: string, seen: string): boolean {
  return mailOf(href)?.replaceAll("_", "") === seen;
}

function mailOf(href: string): string | undefined {
  return /^mailto:([^?]*)/i.exec(href)?.[1]?.toLowerCase();
}
