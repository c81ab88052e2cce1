/** Texts made to keep a renderer busy: seeded, so that each can be made again. The first hundreds are known attacks, the rest is chance. */
import { maxNameLength } from "#domain/user.ts";
import { grammars } from "#views/code-grammars.ts";

/** Places where somebody may be named: many names may end in each, and none of them is anybody's. */
const atSigns = [
  ...["aˇ", "ˇ", "李", "가", "\u1100\u1161", "a-", "a.", "a", "ﷺ", "ﷺ李", "ﷺ-", "𝐚李", "a\u0301"].flatMap((letters) =>
    ["", "!"].map((end) => `@${letters.repeat(64 / letters.length)}${end}`),
  ),
  ..."@李 @李_ 李@a ＠李 @a@b.c_ *@李李李李 @a........ @aˇaˇaˇaˇaˇaˇaˇ!".split(" "),
];
/** Whom such a text names: somebody with a short name, and some with the longest. */
export const namedThere: readonly string[] = ["a", "ana", "a".repeat(maxNameLength), "李".repeat(maxNameLength)];

/** Links whose words are looked through for addresses, to the last of them. */
const linkWords = [
  ..."[é.com](/b)_ [a.com](/b) [http://é.com](http://c.d)_ [ﷺ.ﷺ](/b) [a.b中](/c) [*a*.com](/b) [![a.com](/b)](/c) https://a.b中 https://é中".split(
    " ",
  ),
  ...["é.com_", "a.md_", "é.é_", "a@", "http://", "ﷲ.", "中a", "b.com/(", "a+", "..", "a.ﷺ_"].flatMap((words) => [
    `[${words.repeat(Math.floor(990 / words.length))}](http://é.com/a.md)`,
    `[${words.repeat(Math.floor(190 / words.length))}](http://b.com/a.md)`,
  ]),
];

/** Repeated until they are as long as a text may be. */
const marks = [
  ..."[ ] ![ [a]( [](a) [a][ [a](<b> [a](b_' [](\\ * **a_ *a_**a_ ***a _a__a ~~a ~~~a~~ ` `_``_ ```⏎ \\ \\* & &amp; &#1; &#x1F600; &ZeroWidthSpace;".split(
    " ",
  ),
  ..."< <a <a: <!-- <http://a> <a@b.c> //a.b/ http://a.b_ http://a.b/ https://a.b/ ftp://a.b/ http:// http://http:// http: mailto: https://é.b/ https://xn--a/ http://a@".split(
    " ",
  ),
  ..."a@b.c_ @ @a_ @a : :: :smile: :smile:_ :a :100: 👩‍👩‍👧‍👦 ❤️ 重要。** **“重”** 重*要* ~~重~~要 é* a\u0301* \u200D* \u202E* א_ \u1160".split(
    " ",
  ),
  ..."> >_ >>_ >_a⏎ >⏎ -_ -⏎ -_a⏎__ 1._ 1.⏎ 1)_a⏎ *_a⏎ +_ a⏎ a⏎⏎ ⏎ _ \t ____ ---⏎ ===⏎ ***⏎ [a]:_/x⏎ [a]:_https://a.b⏎⏎ #_ #⏎ #_a⏎ #_a_#_ | |a|⏎|-|⏎ |-|⏎ a|b⏎-|-⏎".split(
    " ",
  ),
  ...'![a](https://a.b) [![a](/b)](/c) [a](/b)_ [http://a.b](http://c.d) [a](/b_"c") <b_ *[a](/b)* **a**_ *a*_ `a`_ ~~a~~_ _a__ \\a \\⏎ a__⏎ a\\⏎'.split(
    " ",
  ),
  ...atSigns,
  ...linkWords,
].map((mark) => mark.replaceAll("_", " ").replaceAll("⏎", "\n"));

const codeTokens = [
  ..."a a_ a⏎ a< a<b>⏎ a<b( a( ( ) { } [ < <a_ </a> <!-- --> <? &a; ' '' '''⏎ \" \"\"\"⏎ ` `${ /* */ // /_ # #_ #a @ @a $ $a ${ : a: a:_ a=_ = - -- +".split(
    " ",
  ),
  ...'; \\ \\" "\\ \'a r#" 1 1. 1e 0x if_ if( class_ def_f(x: fn_a<\'b>( func( [a] [[a]] <<EOF⏎ %w( @@⏎ +a⏎ -a⏎ __ ____ _ \t . .. ... , ? ! % ^ * ** | || && é 重 😀'.split(
    " ",
  ),
].map((token) => token.replaceAll("_", " ").replaceAll("⏎", "\n"));

const languages = [...Object.keys(grammars), "html", "diff"];

export function repeated(piece: string, bytes: number): string {
  return piece.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(piece))));
}

export function* knownAttacks(bytes: number): Generator<string> {
  for (const mark of marks) {
    yield repeated(mark, bytes);
    yield `*${repeated(mark, bytes - 2)}*`;
    yield `> ${repeated(mark, bytes - 2)}`;
    yield `|${repeated(mark, bytes - 20)}|\n|-|`;
  }
  for (let depth = 1; depth < 4; depth++) {
    yield Array.from({ length: 180 / depth }, (_, line) => `${" ".repeat(line * depth)}- a`).join("\n");
    yield Array.from({ length: 180 / depth }, (_, line) => `${"> ".repeat(line * depth)}a`).join("\n");
  }
  yield Array.from({ length: 170 }, (_, length) => "`".repeat(length)).join(" ");
  yield `|${"a|".repeat(100)}\n|${"-|".repeat(100)}\n${`${"|".repeat(100)}\n`.repeat(150)}`;
  yield `|${"a|".repeat(100)}\n|${"-|".repeat(100)}\n${"|\n".repeat(7_900)}`;
  yield `http://${"a".repeat(bytes - 7)}`;
  yield `http://a/${"(".repeat(bytes - 9)}`;
  // In the words of links, as long as they are looked through.
  for (const run of ["..", "--", "@a", "a.", "é."]) {
    const link = `[a${run.repeat(490)}x](http://b.cd) `;
    yield link.repeat(Math.floor(bytes / Buffer.byteLength(link)));
  }
  for (const language of languages) {
    for (const token of codeTokens) yield `\`\`\`${language}\n${repeated(token, Math.min(8_100, bytes - 30))}\n\`\`\``;
  }
}

/** Always the same numbers for the same seed: a small generator (mulberry32). */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to eight pieces, repeated; sometimes an opening before, a closing after, or two such parts. */
export function hostileText(seed: number, bytes: number): string {
  const chance = chanceOf(seed);
  const isCode = chance(3) === 0;
  const pieces = isCode ? codeTokens : marks;
  const some = (): string => Array.from({ length: 1 + chance(8) }, () => pieces[chance(pieces.length)] ?? "").join("");
  const room = isCode ? Math.min(8_100, bytes) - 100 : bytes - 100;
  const parts = chance(3) === 0 ? [some(), some()] : [some()];
  const body = parts.map((part) => repeated(part, Math.floor(room / parts.length))).join(some());
  const text = chance(2) === 0 ? `${some()}${body}${some()}` : body;
  return isCode ? `\`\`\`${languages[chance(languages.length)]}\n${text}\n\`\`\`` : text;
}
