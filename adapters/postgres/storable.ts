/** What Postgres can't hold it can't be asked for either: such a text would fail the query, and whoever else shares it. */

/** The text without NUL and lone surrogates. What is looked for with either is nowhere. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}
