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
/** UTF-16 code units that one of a key may be written with: a letter and three marks. */
const maxTakenApart = 4;

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
/** A name may end before what ends a sentence. */
const punctuationAtEnd = /(?<![._-])[._-]+$/;
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

/**
 * The place that begins with the @ at this index, without a look at what is code.
 * @param longestKey of the names that may be meant: nothing is tried that is longer than any of them could be written
 */
export function namePlaceAt(text: string, index: number, longestKey = maxNameLength): NamePlace | undefined {
  mentionHere.lastIndex = index;
  const found = mentionHere.exec(text);
  return found === null ? undefined : placeOf(text, index, found[1] ?? "", maxTakenApart * longestKey);
}

/** The word after an @, without what ends a sentence: what stands out where nothing else is kept (namesShown). */
export function wordAt({ names }: NamePlace): NamePlace["names"][number] | undefined {
  const word = (names[0]?.key ?? "").replace(/[._-]+$/, "");
  return names.find(({ key }) => key === word);
}

/**
 * Which name stands out at a place of a message. Undefined: none in it does.
 * @param named the keys of those that do; absent: the word after each @, if anybody is mentioned
 */
export function namesShown({
  mentions,
  named,
}: {
  readonly mentions: boolean;
  readonly named?: readonly string[] | undefined;
}): ((place: NamePlace) => NamePlace["names"][number] | undefined) | undefined {
  if (named === undefined) return mentions ? wordAt : undefined;
  const keys = new Set(named);
  return keys.size === 0 ? undefined : (place) => longestName(place, (key) => keys.has(key));
}

/** The longest name that exists: @ana_ names ana_ if there is one, and ana if there is not. */
export function longestName(
  place: NamePlace,
  exists: (key: string) => boolean,
): NamePlace["names"][number] | undefined {
  return place.names.find(({ key }) => exists(key));
}

/** @param longest how much of the text a name may take, in UTF-16 code units */
function placeOf(text: string, index: number, found: string, longest = Number.POSITIVE_INFINITY): NamePlace {
  const end = index + 1 + found.length;
  const after = text.slice(end, end + maxAddressLength);
  if (address.test(after)) return { names: [] };
  const isCut = inWord.test(after) || /^[._-]/.test(after);
  const within = startsInWord(text, index);
  // What is a key as a whole has keys for its parts: most words, at no cost.
  const isKey = nameKey(found) === found;
  const endOfWords = found.replace(punctuationAtEnd, "").length;
  const names: NamePlace["names"][number][] = [];
  let length = 0;
  for (const character of found) {
    length += character.length;
    if (length > longest) break;
    const isLast = length === found.length;
    const next = nextOf(isLast ? after : found.slice(length, length + 2));
    const ends = isLast
      ? !isCut || endsBetween(character, next)
      : length >= endOfWords || mayEnd(character, next, within);
    if (!ends) continue;
    const written = found.slice(0, length);
    if (length > maxNameLength && [...(isKey ? written : written.normalize("NFC"))].length > maxNameLength) break;
    names.push({ key: isKey ? written : nameKey(written), length });
  }
  return { names: names.reverse() };
}

/** An @ right after a letter, as in 你好@ana: what follows may be an address, as in 张三@example.com. */
function startsInWord(text: string, index: number): boolean {
  return inWord.test([...text.slice(Math.max(0, index - 2), index)].at(-1) ?? "");
}

/** Whether a name may end between two characters: before a dot or a dash, and between words without spaces. */
function mayEnd(character: string, next: string, within: boolean): boolean {
  return next === "." || next === "-" ? !within : endsBetween(character, next);
}

function endsBetween(character: string, next: string): boolean {
  return (isClose.test(next) || isClose.test(character)) && !isMark.test(next);
}

function nextOf(text: string): string {
  return [...text.slice(0, 2)][0] ?? "";
}
