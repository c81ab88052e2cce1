/**
 * Finds where a text may name somebody. One rule decides who is told (mentioned-in.ts) and what stands out (views/markdown-rules.ts);
 * views/browser/completion-token.ts offers names in the same places. Who has a name is looked up by the use case.
 */
import { proseOf } from "./prose.ts";
import { unspacedAndShared } from "./unspaced.ts";
import { maxNameLength, nameKey } from "./user.ts";

/** A text can name at most this many people; further names are plain text. */
export const maxMentions = 50;
/** Names that one text may ask the store about, in one question: where words are not kept apart, many a name may end. */
export const maxNamesAsked = 400;
/** Characters after an @ that are looked at: a name, also with each of its letters taken apart. */
const maxWordLength = 2 * maxNameLength;

/** These are written without spaces between words, so that a name may begin and end within what looks like one. */
const close = `[${unspacedAndShared}]`;
const apart = String.raw`[[\p{L}\p{Nd}\p{M}]--${close}]`;
const at = "[@＠﹫]";
const word = String.raw`[\p{L}\p{Nd}][\p{L}\p{Nd}\p{M}._\-]{0,${maxWordLength - 1}}`;
/** Not in a word, as in a mail address; not in a path or an option; and not where a backslash says so. */
const notBefore = String.raw`(?<!${apart}[._+\-]{0,8}|[.\/@＠﹫\\\-])`;

const mention = new RegExp(`${notBefore}${at}(${word})`, "gv");
const mentionHere = new RegExp(`${notBefore}${at}(${word})`, "vy");
const isClose = new RegExp(`^${close}$`, "v");
const isMark = /^\p{M}$/u;
const inWord = /^[\p{L}\p{Nd}\p{M}]/u;
const onlyPunctuation = /^[._-]*$/;
/** What follows makes an address of it, as in @ana@example.org. */
const address = /^[._-]*@[\p{L}\p{Nd}-]{1,63}\.[\p{L}\p{Nd}]/u;
/** Longest part of an address that is looked at, in UTF-16 code units. */
const maxAddressLength = 140;

/** A place where a text may name somebody. */
export interface NamePlace {
  /** What may be the name, longest first: the key (see nameKey), and how much of the text it takes after the @, in UTF-16 code units. */
  readonly names: readonly { readonly key: string; readonly length: number }[];
}

/** Each word after an @ once, in order, within the limits above. */
export function namePlaces(text: string): readonly NamePlace[] {
  if (!/[@＠﹫]/.test(text)) return [];
  const prose = proseOf(text);
  const places = new Map<string, NamePlace>();
  let asked = 0;
  for (const match of prose.matchAll(mention)) {
    const known = `${startsInWord(prose, match.index)} ${match[1]}`;
    if (places.has(known)) continue;
    const place = placeOf(prose, match.index, match[1] ?? "");
    asked += place.names.length;
    if (asked > maxNamesAsked) break;
    if (place.names.length > 0) places.set(known, place);
    if (places.size >= maxMentions) break;
  }
  return [...places.values()];
}

/** The place that begins with the @ at this index, without a look at what is code. */
export function namePlaceAt(text: string, index: number): NamePlace | undefined {
  mentionHere.lastIndex = index;
  const found = mentionHere.exec(text);
  return found === null ? undefined : placeOf(text, index, found[1] ?? "");
}

/** Keys of the names that stand out in a message; in one of before they were kept, all that follow an @ if it names anybody. */
export function namesShown({
  text,
  mentions,
  named,
}: {
  readonly text: string;
  readonly mentions: boolean;
  readonly named?: readonly string[] | undefined;
}): readonly string[] {
  if (named !== undefined || !mentions) return named ?? [];
  return wordsAt(namePlaces(text));
}

/** The word after each @, without what ends a sentence. */
export function wordsAt(places: readonly NamePlace[]): readonly string[] {
  return places.map(({ names }) => (names[0]?.key ?? "").replace(/[._-]+$/, ""));
}

/** The longest name that exists: @ana_ names ana_ if there is one, and ana if there is not. */
export function longestName(
  place: NamePlace,
  exists: (key: string) => boolean,
): NamePlace["names"][number] | undefined {
  return place.names.find(({ key }) => exists(key));
}

function placeOf(text: string, index: number, found: string): NamePlace {
  const end = index + 1 + found.length;
  const after = text.slice(end, end + maxAddressLength);
  if (address.test(after)) return { names: [] };
  const isCut = inWord.test(after) || /^[._-]/.test(after);
  const characters = [...found];
  const within = startsInWord(text, index);
  const names: NamePlace["names"][number][] = [];
  let length = 0;
  for (let count = 1; count <= characters.length; count++) {
    length += characters[count - 1]?.length ?? 0;
    const isLast = count === characters.length;
    if (isLast ? isCut && !endsBetween(characters, count, after) : !mayEnd(characters, count, within)) continue;
    const name = found.slice(0, length).normalize("NFC");
    if ([...name].length <= maxNameLength) names.unshift({ key: nameKey(name), length });
  }
  return { names };
}

/** An @ right after a letter, as in 你好@ana: what follows may be an address, as in 张三@example.com. */
function startsInWord(text: string, index: number): boolean {
  return inWord.test([...text.slice(Math.max(0, index - 2), index)].at(-1) ?? "");
}

/** Whether a name may end before the character at `count`: before a sentence does, before a dot or a dash, and between words without spaces. */
function mayEnd(characters: readonly string[], count: number, within: boolean): boolean {
  const next = characters[count] ?? "";
  if (isMark.test(next)) return false;
  if (onlyPunctuation.test(characters.slice(count).join(""))) return true;
  if (next === "." || next === "-") return !within;
  return endsBetween(characters, count, next);
}

function endsBetween(characters: readonly string[], count: number, after: string): boolean {
  const next = [...after.slice(0, 2)][0] ?? "";
  return !isMark.test(next) && (isClose.test(next) || isClose.test(characters[count - 1] ?? ""));
}
