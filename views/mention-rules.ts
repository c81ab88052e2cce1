/** Names that stand out in a message: an inline rule of Markdown, which finds them where domain/mention.ts does. Each name that is tried counts as work. */
import type { MarkdownIt } from "markdown-it";
import { longestName, type NamePlace, namePlaceAt, namesShown } from "#domain/mention.ts";
import { type Budget, spend } from "./markdown-budget.ts";

/** Given to the renderer: the keys of the names that stand out, and the length of the longest one. */
export type MentionEnv = { readonly mentioned: ReadonlySet<string>; readonly longestKey: number };

/** @param mentions whether somebody is named, for messages of before `named` was kept */
export function mentionsIn(text: string, mentions: boolean, named?: readonly string[]): MentionEnv {
  const mentioned = new Set(namesShown({ text, mentions, named }));
  let longestKey = 0;
  for (const { length } of mentioned) longestKey = Math.max(longestKey, length);
  return { mentioned, longestKey };
}

/** Pieces that a try costs where a name is written in another form than it is looked up in: capitals, letters taken apart. */
const otherFormWork = 3;

export function mentionRules(md: MarkdownIt): void {
  md.inline.ruler.before("emphasis", "mention", mention);
}

const mention: Parameters<MarkdownIt["inline"]["ruler"]["before"]>[2] = (state, silent) => {
  const env = state.env as unknown as MentionEnv & Budget;
  const { mentioned, longestKey } = env;
  if (mentioned.size === 0 || state.linkLevel > 0 || !/[@＠﹫]/.test(state.src[state.pos] ?? "")) return false;
  const place = namePlaceAt(state.src, state.pos, longestKey);
  spend(env, 1 + (place === undefined ? 0 : workOf(place, state.src, state.pos + 1)));
  const name = place && longestName(place, (key) => mentioned.has(key));
  const end = state.pos + 1 + (name?.length ?? 0);
  if (name === undefined || end > state.posMax) return false;
  if (!silent) {
    state.push("mention_open", "span", 1).attrSet("class", "mention");
    state.push("text", "", 0).content = state.src.slice(state.pos, end);
    state.push("mention_close", "span", -1);
  }
  state.pos = end;
  return true;
};

/** Names that are written as they are looked up cost a piece each; others are normalized first. */
function workOf({ names }: NamePlace, text: string, start: number): number {
  const [longest] = names;
  if (longest === undefined) return 0;
  return text.startsWith(longest.key, start) ? names.length : otherFormWork * names.length;
}
