/** Marks within a line: links, pictures, addresses, short names of emoji and character references. */
import type { MarkdownIt, StateInline } from "markdown-it";
import { addressAt } from "#domain/address.ts";
import { entityAt } from "#domain/entities.ts";
import { autolinkAt, type InlineLink, inlineLinks, isLinkable } from "#domain/inline-links.ts";
import { shownAddress, shownHost } from "./addresses.ts";
import { hiddenTarget, wordsOf, wordsWork } from "./link-words.ts";
import { addressWork, type Budget, spend } from "./markdown-budget.ts";
import { shortNameAt } from "./short-names.ts";

type InlineRule = (state: StateInline, silent: boolean) => boolean;

export function chatInline(md: MarkdownIt): void {
  const encode = md.normalizeLink.bind(md);
  const decode = md.normalizeLinkText.bind(md);
  const decodeLabel = (label: string): string => decode(`http://${label}/`).slice("http://".length, -1);
  md.validateLink = (url) => isLinkable(url.trim());
  md.normalizeLink = (url) => (isPlainAddress.test(url) ? url : encode(url));
  md.normalizeLinkText = (url) => shownAddress(md.normalizeLink(url), url, decodeLabel);

  md.inline.ruler.disable("html_inline");
  const linkMaps = new WeakMap<StateInline, ReadonlyMap<number, InlineLink>>();
  const linksOf = (state: StateInline) => {
    const links = linkMaps.get(state) ?? inlineLinks(state.src);
    linkMaps.set(state, links);
    return links;
  };
  md.inline.ruler.at("text", (state) => words(state, linksOf(state)));
  md.inline.ruler.at("linkify", (state) => address(state, linksOf) || shortName(state));
  md.inline.ruler.at("autolink", autolink);
  md.inline.ruler.at("entity", entity);
  md.inline.ruler.disable("image");
  md.inline.ruler.at("link", (state) => {
    const character = state.src[state.pos];
    if (character !== "[" && character !== "!") return false;
    const link = linksOf(state).get(state.pos);
    if (link === undefined || link.end > state.posMax || (state.linkLevel > 0 && !link.image)) return false;
    return labelled(state, link, (host) => shownHost(host, decodeLabel));
  });
}

/** Nothing that must be encoded: most addresses. */
const isPlainAddress =
  /^mailto:[\w.+-]+@[a-z\d.-]+$|^https?:\/\/[a-z\d.-]+(?::\d+)?(?:[/?#][\w./?#=&%+~:;,@!$'()*-]*)?$/;

/** What begins none of the rules: they are asked at the other characters alone. */
function words(state: StateInline, links: ReadonlyMap<number, unknown>): boolean {
  const { src, pos, posMax } = state;
  let end = pos;
  while (end < posMax && !beginsMark(src, end, links)) end++;
  if (end === pos) return false;
  state.pending += src.slice(pos, end);
  state.pos = end;
  return true;
}

/** 1: always a mark, 2: only where a link begins, 3: only before some characters. */
const marks = new Uint8Array(128);
for (const mark of "\n\\`*_~") marks[mark.charCodeAt(0)] = 1;
for (const mark of "![") marks[mark.charCodeAt(0)] = 2;
for (const mark of "<&:@") marks[mark.charCodeAt(0)] = 3;

function beginsMark(text: string, at: number, links: ReadonlyMap<number, unknown>): boolean {
  const code = text.charCodeAt(at);
  const kind = marks[code];
  if (kind !== 3) return kind === 1 || (kind === 2 && links.has(at)) || isWideAt(code);
  const next = text[at + 1] ?? "";
  if (text[at] === "<") return /[\w.!#$%&'*+/=?^`{|}~-]/.test(next);
  if (text[at] === "@") return /[^\s!-/:-@[-`{-~]/.test(next);
  return text[at] === "&" ? /[#a-z]/i.test(next) : /[/\w+-]/.test(next);
}

/** ＠ and ﹫, which begin a name as @ does. */
function isWideAt(code: number): boolean {
  return code === 0xff20 || code === 0xfe6b;
}

/** A picture is shown as a link to it: pages load nothing from elsewhere. Within a link it is its words alone. */
function labelled(state: StateInline, link: InlineLink, shown: (host: string) => string): boolean {
  const href = state.md.normalizeLink(link.href);
  if (!state.md.validateLink(href)) return false;
  spend(state.env as unknown as Budget, addressWork);
  const { posMax } = state;
  const isLink = state.linkLevel === 0;
  if (isLink) state.push("link_open", "a", 1).attrs = [["href", href]];
  const from = state.tokens.length;
  state.linkLevel++;
  if (link.labelEnd === link.labelStart) state.push("text", "", 0).content = href;
  state.pos = link.labelStart;
  state.posMax = link.labelEnd;
  state.md.inline.tokenize(state);
  if (isLink) noteTarget(state, from, href, shown);
  state.linkLevel--;
  if (isLink) state.push("link_close", "a", -1);
  state.pos = link.end;
  state.posMax = posMax;
  return true;
}

/** Whatever the words do to the direction of a line, what is beside them stands apart. */
function noteTarget(state: StateInline, from: number, href: string, shown: (host: string) => string): void {
  const words = wordsOf(state.tokens.slice(from), state.pending);
  spend(state.env as unknown as Budget, wordsWork(words));
  const target = hiddenTarget({ words, href, encode: state.md.normalizeLink });
  if (target === undefined) return;
  state.push("text", "", 0).content = " ";
  state.push("bdi_open", "bdi", 1);
  state.push("text", "", 0).content = `(${shown(target)})`;
  state.push("bdi_close", "bdi", -1);
}

/** Begun before the colon at which this is called: its scheme waits among the plain words. */
function address(state: StateInline, linksOf: (state: StateInline) => ReadonlyMap<number, unknown>): boolean {
  const { src, pos, pending } = state;
  if (state.linkLevel > 0 || src[pos] !== ":" || src[pos + 1] !== "/" || src[pos + 2] !== "/") return false;
  const length = /^https$/i.test(src.slice(Math.max(0, pos - 5), pos)) ? 5 : 4;
  if (pending.length < length) return false;
  const found = addressAt(src, pos - length, linksOf(state));
  if (found === undefined || found.end > state.posMax) return false;
  const { end } = found;
  if (found.isTooLong) {
    state.pending += src.slice(pos, end);
    state.pos = end;
    return true;
  }
  state.pending = pending.slice(0, -length);
  return asLink(state, src.slice(pos - length, end), src.slice(pos - length, end), end);
}

/** Between `<` and `>`. */
function autolink(state: StateInline): boolean {
  if (state.src[state.pos] !== "<" || state.linkLevel > 0) return false;
  const found = autolinkAt(state.src, state.pos);
  if (found === undefined || found.end > state.posMax || !isLinkable(found.href)) return false;
  return asLink(state, found.href, found.written, found.end);
}

function asLink(state: StateInline, address: string, written: string, end: number): boolean {
  spend(state.env as unknown as Budget, addressWork);
  state.push("link_open", "a", 1).attrs = [["href", state.md.normalizeLink(address)]];
  state.push("text", "", 0).content = state.md.normalizeLinkText(written);
  state.push("link_close", "a", -1);
  state.pos = end;
  return true;
}

function shortName(state: StateInline): boolean {
  if (state.src[state.pos] !== ":") return false;
  const found = shortNameAt(state.src, state.pos);
  if (found === undefined || found.end > state.posMax) return false;
  state.pending += found.emoji;
  state.pos = found.end;
  return true;
}

const entity: InlineRule = (state, silent) => {
  if (state.src[state.pos] !== "&") return false;
  const found = entityAt(state.src, state.pos);
  if (found === undefined || found.end > state.posMax) return false;
  if (!silent) state.push("text_special", "", 0).content = found.character;
  state.pos = found.end;
  return true;
};
