/** Finds the `@name` or `:emoji` being written before the caret. */

export interface Token {
  readonly kind: "mention" | "emoji";
  readonly query: string;
  /** Where the `@` or `:` stands. */
  readonly start: number;
}

/** As in domain/mention.ts: not in a word, unless it is written without spaces; not in a path or an option; and not after a backslash. */
const UNSPACED =
  "\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}\\p{scx=Yiii}";
const NOT_BEFORE = new RegExp(`(?:(?![${UNSPACED}])[\\p{L}\\p{Nd}\\p{M}][._+-]{0,8}|[./@＠﹫\\\\-])$`, "u");
const MENTION = /[@＠﹫]([\p{L}\p{M}\p{N}_.-]{0,32})$/u;
const EMOJI = /(?:^|[\s([{"'*_]):([a-z0-9_+-]{2,24})$/i;
/** Looking further back than this is never needed. */
const LOOK_BACK = 64;

export function tokenBefore(text: string, caret: number): Token | undefined {
  const before = text.slice(Math.max(0, caret - LOOK_BACK), caret);
  const mention = MENTION.exec(before);
  if (mention !== null && !NOT_BEFORE.test(before.slice(0, mention.index)))
    return { kind: "mention", query: mention[1] ?? "", start: caret - before.length + mention.index };
  const emoji = EMOJI.exec(before)?.[1];
  return emoji === undefined
    ? undefined
    : { kind: "emoji", query: emoji.toLowerCase(), start: caret - emoji.length - 1 };
}
