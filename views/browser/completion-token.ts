/** Finds the `@name` or `:emoji` being written before the caret. */

export interface Token {
  readonly kind: "mention" | "emoji";
  readonly query: string;
  /** Where the `@` or `:` stands. */
  readonly start: number;
}

/** As in domain/mention.ts: not within a word of letters and digits, unless they are written without spaces. */
const UNSPACED =
  "\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}\\p{scx=Yiii}";
const MENTION = new RegExp(`(?:^|[\\s([{"'*_${UNSPACED}])[@＠﹫]([\\p{L}\\p{M}\\p{N}_.-]{0,32})$`, "u");
const EMOJI = /(?:^|[\s([{"'*_]):([a-z0-9_+-]{2,24})$/i;
/** Looking further back than this is never needed. */
const LOOK_BACK = 64;

export function tokenBefore(text: string, caret: number): Token | undefined {
  const before = text.slice(Math.max(0, caret - LOOK_BACK), caret);
  const mention = MENTION.exec(before)?.[1];
  if (mention !== undefined) return { kind: "mention", query: mention, start: caret - mention.length - 1 };
  const emoji = EMOJI.exec(before)?.[1];
  return emoji === undefined
    ? undefined
    : { kind: "emoji", query: emoji.toLowerCase(), start: caret - emoji.length - 1 };
}
