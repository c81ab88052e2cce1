/** Checks that hold for every text a person may enter, whatever it is for. */
import { withoutEmoji } from "./emoji.ts";
import { ChatError } from "./errors.ts";
import { withoutJoiners } from "./joiners.ts";

/** Longest run of combining marks; more only serves to paint over the neighbours. */
export const maxCombiningRun = 16;

const tooManyMarks = new RegExp(`\\p{M}{${maxCombiningRun + 1}}`, "u");
const isAscii = /^[\0-\x7F]*$/;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/**
 * Characters that reorder or hide what stands beside them: bidi controls, zero-width and other format characters, and all that shows
 * nothing by itself, such as selectors of variations.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const everyInvisible = new RegExp(invisible, "gu");

export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Refuses what can't be stored: NUL, lone surrogates. */
export function checkStorable(text: string, field: string): void {
  if (text.includes("\0")) throw invalid(field, "must not contain the NUL character");
  if (!text.isWellFormed()) throw invalid(field, "must be well-formed Unicode");
}

/** Refuses endless combining marks. What shows nothing between two of them ends no row. */
export function checkMarks(text: string, field: string): void {
  if (isAscii.test(text) || !tooManyMarks.test(text.replace(everyInvisible, ""))) return;
  throw invalid(field, "has too many combining marks in a row");
}

/**
 * For one-line texts that stand beside other people's: also no control, bidi or invisible characters, but for those that an emoji or a
 * script needs.
 */
export function checkOneLine(text: string, field: string): void {
  checkStorable(text, field);
  checkMarks(text, field);
  if (controls.test(text)) throw invalid(field, "must be one line without control characters");
  checkVisible(invisible.test(text) ? withoutJoiners(withoutEmoji(text)) : text, field);
}

/** For names of people, which must differ to the eye: no such character at all. */
export function checkVisible(text: string, field: string): void {
  if (invisible.test(text)) throw invalid(field, "must not contain invisible or direction-changing characters");
}

/** At most so many code points, the last of them an ellipsis where something was cut off. */
export function shortened(text: string, maxCharacters: number): string {
  const characters = [...text];
  if (characters.length <= maxCharacters) return text;
  const kept = characters.slice(0, maxCharacters - 1).join("");
  return `${kept.trimEnd()}…`;
}

function invalid(field: string, what: string): ChatError {
  return new ChatError("invalid", `The ${field} ${what}.`, { field });
}
