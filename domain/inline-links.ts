/**
 * The links and pictures of a piece of Markdown, `[label](destination "title")`, found in one pass from left to right. Used
 * by what renders a message and by what makes an excerpt of it, so that both see the same.
 */
import { decodeEntities } from "./entities.ts";
import { endOfMatch } from "./sticky.ts";

export interface InlineLink {
  readonly image: boolean;
  readonly labelStart: number;
  readonly labelEnd: number;
  readonly href: string;
  /** Just past its closing parenthesis. */
  readonly end: number;
}

/** Longest destination, in UTF-16 units. What is longer is no link. */
export const maxLinkLength = 2_048;

/** Links to the web, to mail, and within this site. What stands before an @ there passes for the host. */
const linkable = /^(?:https?:\/\/(?![^/?#]*[@＠﹫])|mailto:|\/(?!\/)|[#?])/i;

export function isLinkable(href: string): boolean {
  return linkable.test(href);
}

const noLinks: ReadonlyMap<number, InlineLink> = new Map();

/** By the offset at which each begins. One inside another's label is among them. */
export function inlineLinks(text: string): ReadonlyMap<number, InlineLink> {
  if (!text.includes("](")) return noLinks;
  const links = new Map<number, InlineLink>();
  const code = codeSpans(text);
  /** Brackets that are open. */
  const open: { at: number; image: boolean }[] = [];
  /** A link holds no link: those of `open` below this, pictures apart, open none any more. */
  let closed = 0;
  for (let at = 0; at < text.length; ) {
    const character = text[at];
    if (character === "\\") at += 2;
    else if (character === "`") at = code.get(at) ?? at + 1;
    else if (character === "<") at = autolinkAt(text, at)?.end ?? at + 1;
    else if (character === "[") open.push({ at: at++, image: false });
    else if (character === "!" && text[at + 1] === "[") {
      open.push({ at, image: true });
      at += 2;
    } else if (character === "]") {
      const opener = open.pop();
      const isOpen = opener !== undefined && (opener.image || open.length >= closed);
      closed = Math.min(closed, open.length);
      const target = isOpen ? targetAt(text, at + 1) : undefined;
      if (opener === undefined || target === undefined) at++;
      else {
        const labelStart = opener.at + (opener.image ? 2 : 1);
        links.set(opener.at, { image: opener.image, labelStart, labelEnd: at, ...target });
        if (!opener.image) closed = open.length;
        at = target.end;
      }
    } else at++;
  }
  return links;
}

/** Where runs of backticks begin. */
export interface CodeSpans {
  /** Where the code that a run opens ends, or the run, if it opens none; undefined where none begins. */
  get(at: number): number | undefined;
}

const noCode: CodeSpans = { get: () => undefined };

export function codeSpans(text: string): CodeSpans {
  if (!text.includes("`")) return noCode;
  // A map of so many would take longer than the text.
  const ends = new Uint32Array(text.length);
  const next = new Map<number, number>();
  // From the last to the first, so that what closes a run is known.
  for (let last = text.lastIndexOf("`"); last >= 0; ) {
    let at = last;
    while (at > 0 && text[at - 1] === "`") at--;
    const length = last + 1 - at;
    const closer = next.get(length);
    ends[at] = closer === undefined ? at + length : closer + length;
    // The first may be escaped: what opens code then is the rest of the run.
    if (length > 1 && text[at - 1] === "\\") {
      const rest = next.get(length - 1);
      ends[at + 1] = rest === undefined ? at + length : rest + length - 1;
    }
    next.set(length, at);
    last = at === 0 ? -1 : text.lastIndexOf("`", at - 1);
  }
  return { get: (at) => ends[at] || undefined };
}

const label = "[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?";
/** Of a scheme that is no link, it is passed over all the same. */
const autolink = new RegExp(
  `<(?:([a-z][a-z\\d+.-]{1,31}:[^<>\\s]{0,${maxLinkLength}})|([\\w.!#$%&'*+/=?^\`{|}~-]{1,64}@${label}(?:\\.${label}){0,10}))>`,
  "iy",
);

/** An address between `<` and `>`: of the web, or of mail. */
export function autolinkAt(text: string, at: number): { written: string; href: string; end: number } | undefined {
  autolink.lastIndex = at;
  const [, address, mail] = autolink.exec(text) ?? [];
  const written = address ?? mail;
  if (written === undefined) return undefined;
  return { written, href: address ?? `mailto:${written}`, end: autolink.lastIndex };
}

const gap = /[ \t\n]*/y;
const bracketed = /<((?:[^<>\n\\]|\\.)*)>/y;
const title = /[ \t\n]+(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\((?:[^()\\]|\\[\s\S])*\))/y;
const escaped = /\\([!-/:-@[-`{-~])/g;

/** The parenthesis after a label. */
function targetAt(text: string, at: number): { href: string; end: number } | undefined {
  if (text[at] !== "(") return undefined;
  const start = endOfMatch(gap, text, at + 1) ?? at + 1;
  const end = endOfMatch(bracketed, text, start) ?? bareEnd(text, start);
  if (end === undefined || end - start > maxLinkLength) return undefined;
  const written = text[start] === "<" ? text.slice(start + 1, end - 1) : text.slice(start, end);
  const href = decodeEntities(written.replace(escaped, "$1")).trim();
  if (!isLinkable(href)) return undefined;
  const titled = endOfMatch(title, text, end) ?? end;
  const close = endOfMatch(gap, text, titled) ?? titled;
  return text[close] === ")" ? { href, end: close + 1 } : undefined;
}

/** Most parentheses that may be open within a destination. */
const maxParentheses = 8;

/** Up to a space or the parenthesis that closes more than was opened. */
function bareEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let at = start;
  for (; at < text.length && at - start <= maxLinkLength; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 127) break;
    if (code === 92 && text.charCodeAt(at + 1) > 32) at++;
    else if (code === 40 && ++depth > maxParentheses) return undefined;
    else if (code === 41 && --depth < 0) break;
  }
  return at === start || depth > 0 || text[start] === "<" ? undefined : Math.min(at, text.length);
}
