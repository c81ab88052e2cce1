/** Short names of emoji, `:tada:`: they count only where no letter, digit or colon touches them (`12:30:45`, `a::b`). */
import names from "markdown-it-emoji/lib/data/full.mjs";

const emoji: ReadonlyMap<string, string> = new Map(Object.entries(names));
/** No longer than the longest of them. */
const name = "(?<![\\p{L}\\p{N}\\p{M}:]):([a-z\\d_+-]{1,60}):(?![\\p{L}\\p{N}\\p{M}:])";
const nameHere = new RegExp(name, "uy");
const everyName = new RegExp(name, "gu");

export function shortNameAt(text: string, at: number): { readonly emoji: string; readonly end: number } | undefined {
  nameHere.lastIndex = at;
  const found = emoji.get(nameHere.exec(text)?.[1] ?? "");
  return found === undefined ? undefined : { emoji: found, end: nameHere.lastIndex };
}

export function withEmoji(text: string): string {
  return text.includes(":") ? text.replace(everyName, (written, name) => emoji.get(name) ?? written) : text;
}
