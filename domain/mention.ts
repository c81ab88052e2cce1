/** Finds who a text names. Names in code are not mentions. Who they are is looked up by the use case. */
import { nameKey } from "./user.ts";

/** A text can name at most this many people; further names are plain text. */
export const maxMentions = 50;

const code = /(`{3,}|~{3,})[\s\S]*?(?:\1|$)|`[^`\n]*`/g;
const named = /(?<![\p{L}\p{Nd}\p{M}._/@-])@([\p{L}\p{Nd}][\p{L}\p{Nd}\p{M}._-]{0,31})/gu;

/** The keys (see nameKey) of the names in a text, each once, in order. A trailing dot or dash ends a sentence, not a name. */
export function mentionedKeys(text: string): readonly string[] {
  const keys = new Set<string>();
  for (const match of text.replace(code, " ").matchAll(named)) {
    const name = match[1] ?? "";
    keys.add(nameKey(name.replace(/[._-]+$/, "")));
    if (keys.size >= maxMentions) break;
  }
  return [...keys];
}
