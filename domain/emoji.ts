/** What one emoji is, and the one form of the ways in which it may be written. */
/** Longest emoji in the form it is kept in, in bytes of UTF-8: the longest families have 41. */
export const maxEmojiBytes = 64;
/** Longest that is looked at, in bytes: each of its characters may ask for a look. */
const maxWrittenBytes = 2 * maxEmojiBytes;

/** Asks for the look of text or of a picture: an emoji is the same with either and without. */
const looks = /[\uFE0E\uFE0F]/g;
const piece = String.raw`\p{Extended_Pictographic}[\uFE0E\uFE0F]?\p{Emoji_Modifier}?[\u{E0020}-\u{E007F}]*`;
const shape = String.raw`${piece}(?:\u200D${piece})*|\p{RI}{2}|[0-9#*][\uFE0E\uFE0F]?\u20E3`;
/** Pictures, also joined ones, flags and keycaps: each one character to who reads it. Also those of future versions. */
const one = new RegExp(`^(?:${shape})$`, "u");
const some = new RegExp(shape, "gu");
const modifier = /^\p{Emoji_Modifier}$/u;
/** Text unless it is asked to be a picture. */
const textByDefault = /^(?!\p{Emoji_Presentation})\p{Emoji}$/u;

export function isEmoji(raw: string): boolean {
  return (
    Buffer.byteLength(raw) <= maxWrittenBytes &&
    one.test(raw) &&
    Buffer.byteLength(canonicalEmoji(raw)) <= maxEmojiBytes
  );
}

/**
 * The form that Unicode calls fully qualified: what is text by itself is asked to be a picture, and nothing else is. A colour of skin
 * asks already.
 */
export function canonicalEmoji(emoji: string): string {
  const characters = [...emoji.replaceAll(looks, "")];
  return characters
    .map((character, at) => {
      const asks = textByDefault.test(character) && !modifier.test(characters[at + 1] ?? "");
      return asks ? `${character}\uFE0F` : character;
    })
    .join("");
}

/** The text without the emoji that Unicode recommends for all to show. Others may look like something else, or like nothing. */
export function withoutEmoji(text: string): string {
  return text.replaceAll(some, (emoji) => (recommended.test(canonicalEmoji(emoji)) ? "" : emoji));
}

const recommended = /^\p{RGI_Emoji}$/v;
