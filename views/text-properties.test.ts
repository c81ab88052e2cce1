/**
 * What holds for any text that may be sent: nothing that can be seen is lost, on first paint and live alike, and an excerpt says the
 * beginning of it. What counts as a mark of formatting is said here anew, without the renderer.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isBlank } from "#domain/blank.ts";
import { codeLanguageOf } from "#domain/code-languages.ts";
import { checkText } from "#domain/message.ts";
import { excerptOf } from "#domain/quote.ts";
import { renderRun, timelineHtml } from "./fragments/timeline.tsx";
import { renderText } from "./markdown.ts";
import { ana, sampleMessage } from "./sample-room.ts";
import { withEmoji } from "./short-names.ts";

const runs = Number(process.env.TEXT_RUNS ?? 3_000);
const seed = Number(process.env.TEXT_SEED ?? 20_260_101);

const from = (text: string) => fc.constantFrom(...text.split(" "));
const scripts = [
  "the a I can't Straße naïve Ωμέγα привет мир հայ ქართული שלום עולם مرحبا سلام نص हिन्दी বাংলা தமிழ் ไทย ภาษา ລາວ ខ្មែរ မြန်မာ བོད 한국어 서울에서",
  "你好 世界 重要。 “备份” かな カナ 日本語 ａｂｃ １２ 3 42 2019 1.5 e\u0301 a\u0308\u0323 ñ ﬁ Ⅳ ½ ① 𝒳 𐍈 🄰",
  "👍 👍🏽 ❤️ 👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 1️⃣ ☺ © ™ → ∑ € ° … — „ « » ؟ ، 。 、 ！ （ ）",
  "\u200B \u200C \u200D \u200E \u200F \u202A \u202B \u202C \u202D \u202E \u2066 \u2067 \u2068 \u2069 \uFE0F \u034F \u00AD \u2060 \uFEFF \u3164 \u00A0 \u3000 \u2028 \u0085",
].join(" ");
const marks =
  "* ** *** _ __ ~~ ~ ` `` ``` ~~~ # ## ###### > >> - + 1. 12) 1. --- *** === | |-| :-: [ ] ( ) ![ ]( \\ \\\\ \\* ! & &amp; &nbsp; &copy; &#42; < > : :: ; = $ ^ { } @ @bob % / , . ? ' \"";
const whole =
  '[x](https://a.example/b) [x](/b) ![y](https://a.example/c.png) [z](<https://a.example/d>) [w](https://a.example/e_"t") <https://a.example/f> <me@a.example> https://a.example/g?h=1#i_j http://localhost:3000 [x][y] [x]: [1]:_https://a.example/k :tada: :+1: `c` **b** *i* ~~s~~ ```js ```nosuch_x [a](javascript:b) <b> </p> <!-- --> |a|b| |-|-|';
const gap = fc.constantFrom("", "", " ", " ", "\n", "\n\n", "  ", "\t", "\n    ", "\n> ", "\n- ", "\n1. ");
const piece = fc.oneof(
  { weight: 5, arbitrary: from(scripts) },
  { weight: 5, arbitrary: from(marks) },
  { weight: 2, arbitrary: from(whole).map((text) => text.replaceAll("_", " ")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);
const texts = fc
  .array(fc.tuple(gap, piece), { minLength: 1, maxLength: 24 })
  .map((parts) => parts.flat().join(""))
  .filter(mayBeSent);

function mayBeSent(text: string): boolean {
  try {
    checkText(text);
    return true;
  } catch {
    return false;
  }
}

function shownIn(html: string): string {
  return html
    .replace(/<\/?(?:a|code|em|s|span|strong)(?: [^>]*)?>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? "'");
}

/** A mark of formatting, wherever it stands: all that Markdown is written with. */
const markCharacter = /[\\`*_~#>+\-|:[\]()!<&;=]/;

/** The characters that a reader must see, in order. Where a character may be a mark, this asks for nothing. */
function mustBeSeen(text: string): string[] {
  const words = text
    .replace(/\r\n?/g, "\n")
    // What follows a fence, where it names a language.
    .replace(/^([ \t>\-+*\d.)]*(?:`{3,}|~{3,}))[ \t]*(\S+)[^\S\n]*$/gm, (line, fence: string, name: string) =>
      codeLanguageOf(name) === undefined ? line : fence,
    )
    // Numbers of lists, which may be within quotes and lists.
    .replace(/^(?:[ \t>\-+*]|\d{1,9}[.)](?=\s|$))+/gm, " ")
    // Where links lead, and their titles.
    .replace(/\]\(\s*<?(?:https?:\/\/|mailto:|\/|#|\?)[^\n]*\)/gi, "]")
    // Character references and short names of emoji.
    .replace(/&#?\w{1,25};/g, " ")
    .replace(/:[\w+-]+:/g, " ");
  return [...words].filter((character) => !isBlank(character) && !markCharacter.test(character));
}

/** @returns the first of the wanted characters that does not follow in order */
function firstMissing(wanted: readonly string[], shown: string): string | undefined {
  let at = 0;
  for (const character of wanted) {
    const found = shown.indexOf(character, at);
    if (found < 0) return character;
    at = found + character.length;
  }
  return undefined;
}

/** Letters and digits alone: where words are joined by a mark, only one of the two may show it. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
}

describe("of any text that may be sent", () => {
  const check = (property: (text: string) => void): void => {
    fc.assert(fc.property(texts, property), { numRuns: runs, seed });
  };

  test("the page shows each character that is no mark of formatting", () => {
    check((text) => {
      const { html } = renderText(text, { mentions: text.includes("@") });
      expect(firstMissing(mustBeSeen(text), shownIn(html))).toBeUndefined();
    });
  });

  test("the page shows something", () => {
    check((text) => expect(isBlank(shownIn(renderText(text, { mentions: true }).html))).toBe(false));
  });

  test("the excerpt says the beginning of what the page shows", () => {
    check((text) => {
      // An excerpt does not know in which of its words a short name stood in code, or touched a mark.
      fc.pre(withEmoji(text) === text);
      const excerpt = excerptOf(text);
      const said = lettersOf(excerpt);
      expect(lettersOf(shownIn(renderText(text, { mentions: false }).html)).slice(0, said.length)).toBe(said);
    });
  });

  test("first paint and live are the same", () => {
    const page = { timeZone: "UTC", now: Date.parse("2026-11-21T12:00:00.000Z") };
    check((text) => {
      const entry = sampleMessage(1, ana, 0, { text, editedAt: "2026-11-21T11:00:00.000Z" });
      expect(timelineHtml([entry], undefined, page)).toEndWith(renderRun([entry]));
    });
  });
});
