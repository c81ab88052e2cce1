/**
 * Where `*`, `_` and `~~` may open and close: CommonMark's rule, except that a mark inside a word is a character (`5*3`,
 * `snake_case`), and that scripts without spaces need none (`**重要。**下一句`).
 */
import type { MarkdownIt } from "markdown-it";
import { unspaced } from "#domain/unspaced.ts";

type Kind = "space" | "mark" | "wide" | "word" | "joined";

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^[\s\p{Zs}\p{Cc}]/u, "space"],
  [/^[\p{M}\p{Cf}]/u, "joined"],
  [new RegExp(`^(?:[${unspaced}]|(?![#*\\d])\\p{Emoji}|\\p{Regional_Indicator})`, "u"), "wide"],
  [/^[\p{P}\p{S}]/u, "mark"],
];

const names: readonly Kind[] = ["space", "joined", "wide", "mark", "word"];
/** Of the basic plane, looked up once: 0 where not yet, else one more than the place among `names`. */
const known = new Uint8Array(0x1_00_00);

function kindOf(code: number): Kind {
  const place = known[code];
  if (place !== undefined && place > 0) return names[place - 1] ?? "word";
  const character = String.fromCodePoint(code);
  const kind = kinds.find(([pattern]) => pattern.test(character))?.[1] ?? "word";
  if (code < known.length) known[code] = names.indexOf(kind) + 1;
  return kind;
}

export function chatEmphasis(md: MarkdownIt): void {
  const { State } = md.inline;
  md.inline.State = class extends State {
    override scanDelims(start: number) {
      const { src, posMax } = this;
      const marker = src.charCodeAt(start);
      let end = start + 1;
      while (end < posMax && src.charCodeAt(end) === marker) end++;
      return { ...flanks(kindBefore(src, start), end < posMax ? kindAt(src, end) : "space"), length: end - start };
    }
  };
}

function flanks(before: Kind | "path", after: Kind) {
  const isInWord = before === "word" && after === "word";
  const opens = after !== "space" && (after !== "mark" || before !== "word") && before !== "path";
  const closes = before !== "space" && ((before !== "mark" && before !== "path") || after !== "word");
  return { can_open: opens && !isInWord, can_close: closes && !isInWord };
}

function kindAt(text: string, at: number): Kind {
  const kind = kindOf(text.codePointAt(at) ?? 0);
  // What joins a letter to nothing is a letter of its own.
  return kind === "joined" ? "word" : kind;
}

/** Looks through what is joined to a letter or an emoji, and no further than that can reach. */
function kindBefore(text: string, start: number): Kind | "path" {
  if (text[start - 1] === "/") return "path";
  for (let at = start - 1; at >= Math.max(0, start - maxJoined); at--) {
    const code = text.charCodeAt(at);
    const isPair = (code & 0xfc00) === 0xdc00 && at > 0;
    const kind = kindOf(text.codePointAt(isPair ? --at : at) ?? 0);
    if (kind !== "joined") return kind;
  }
  return start === 0 ? "space" : "word";
}

/** In UTF-16 units. */
const maxJoined = 34;
