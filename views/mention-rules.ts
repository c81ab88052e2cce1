/** Names that stand out in a message: an inline rule of Markdown, which finds them where domain/mention.ts does. */
import type { MarkdownIt } from "markdown-it";
import { longestName, namePlaceAt, namesShown } from "#domain/mention.ts";

/** Given to the renderer: the keys of the names that stand out. */
export type MentionEnv = { readonly mentioned: ReadonlySet<string> };

/** @param mentions whether somebody is named, for messages of before `named` was kept */
export function mentionsIn(text: string, mentions: boolean, named?: readonly string[]): MentionEnv {
  return { mentioned: new Set(namesShown({ text, mentions, named })) };
}

export function mentionRules(md: MarkdownIt): void {
  md.inline.ruler.before("emphasis", "mention", mention);
}

const mention: Parameters<MarkdownIt["inline"]["ruler"]["before"]>[2] = (state, silent) => {
  const mentioned = mentionedIn(state.env);
  if (mentioned.size === 0 || state.linkLevel > 0 || !/[@＠﹫]/.test(state.src[state.pos] ?? "")) return false;
  const place = namePlaceAt(state.src, state.pos);
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

function mentionedIn(env: unknown): ReadonlySet<string> {
  return (env as MentionEnv).mentioned;
}
