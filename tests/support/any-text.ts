/** Texts made by chance of what text goes wrong with, the same each time: a generator of random numbers with a seed. */

const scripts = [
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMN0123456789",
  "éèüßøæœłđþÅÇñıİſŋ",
  "абвгдеёжзийклмнопрстуфьАВЕКМНОРСТХ",
  "αβγδεζηθικλμνξοπρσςτυφχψωΑΒΕ",
  "李小龙王你好名前かなカナがガ김민수",
  "سلامیکارבשלוםहिन्दीবাংলাසිංහලไทย",
  "ａｂｃＡＢＣ１２３＠ﬁﬂⅣ①ｶﾞ",
];
const marks = ["\u0301", "\u0308", "\u0307", "\u0323", "\u093F", "\u064E", "\u3099"];
const unseen = [
  "\u200B",
  "\u200C",
  "\u200D",
  "\u034F",
  "\u00AD",
  "\uFE0F",
  "\uFE0E",
  "\u180B",
  "\u17B4",
  "\u{E0100}",
  "\u2060",
];
const signs = [..." .-_@#:/\\`*~'\"()[]<>!?,;&，。！（）「」", "https://", "\n"];
const pictures = ["👍", "👩‍💻", "🏳️‍🌈", "❤️", "❤", "1️⃣", "🇫🇷"];

export interface Chance {
  /** From 0 up to, not including, `below`. */
  number(below: number): number;
  of<T>(items: ArrayLike<T>): T;
  text(maxPieces: number): string;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const number = (below: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  const of = <T>(items: ArrayLike<T>): T => {
    const item = items[number(items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  };
  const piece = (): string => {
    const kind = number(20);
    if (kind === 0) return of(unseen);
    if (kind < 3) return of(marks);
    if (kind < 6) return of(signs);
    if (kind === 6) return of(pictures);
    return of([...of(scripts)]);
  };
  const text = (maxPieces: number) => Array.from({ length: number(maxPieces + 1) }, piece).join("");
  return { number, of, text };
}
