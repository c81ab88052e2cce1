/** Names that stand out in a message: an inline rule of Markdown, which finds them where domain/mention.ts does. Each name that is tried counts as work. */
import type { MarkdownIt, StateInline } from "markdown-it";
import { type NamePlace, namePlaceAt, namesShown } from "#domain/mention.ts";
import { withoutAddresses } from "#domain/prose.ts";
import { type Budget, spend } from "./markdown-budget.ts";

/** Given to the renderer: which name stands out at a place, if one may, and the length of the longest one, where it is known. */
export interface MentionEnv {
  readonly nameAt: ReturnType<typeof namesShown>;
  readonly longestKey: number | undefined;
}

/** @param mentions whether somebody is named, for messages that keep no names */
export function mentionsIn(mentions: boolean, named?: readonly string[]): MentionEnv {
  const longestKey = named?.reduce((longest, { length }) => Math.max(longest, length), 0);
  return { nameAt: namesShown({ mentions, named }), longestKey };
}

/** Pieces that a try costs where a name is written in another form than it is looked up in: capitals, letters taken apart. */
const otherFormWork = 4;

export function mentionRules(md: MarkdownIt): void {
  md.inline.ruler.before("emphasis", "mention", mention);
}

const mention: Parameters<MarkdownIt["inline"]["ruler"]["before"]>[2] = (state, silent) => {
  const env = state.env as unknown as MentionEnv & Budget;
  const { nameAt, longestKey } = env;
  if (nameAt === undefined || state.linkLevel > 0 || !/[@＠﹫]/.test(state.src[state.pos] ?? "")) return false;
  const place = namePlaceAt(proseIn(state), state.pos, longestKey);
  spend(env, 1 + (place === undefined ? 0 : workOf(place, state.src, state.pos + 1)));
  const name = place && nameAt(place);
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

const proses = new WeakMap<StateInline, string>();

/** As domain/mention.ts reads it: the renderer itself passes over code and links. */
function proseIn(state: StateInline): string {
  const prose = proses.get(state) ?? withoutAddresses(state.src);
  proses.set(state, prose);
  return prose;
}
