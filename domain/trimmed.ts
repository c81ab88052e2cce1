/**
 * What stands at the ends of a text is taken away in one pass. A pattern like `/[.-]+$/` is tried at each character of a run anew, which
 * takes seconds for a long one in the middle.
 */

/** @param first taken away at the beginning, `last` at the end: single UTF-16 code units */
export function trimmed(text: string, first: ReadonlySet<string>, last: ReadonlySet<string>): string {
  let [from, to] = [0, text.length];
  while (from < to && first.has(text[from] ?? "")) from++;
  while (to > from && last.has(text[to - 1] ?? "")) to--;
  return text.slice(from, to);
}
