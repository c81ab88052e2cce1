/** Where a text may name somebody, and how far the name goes. views/mention-rules.test.ts asks the page's texts the same. */
import { expect, test } from "bun:test";
import { chance } from "#tests/support/any-text.ts";
import { mentionCases, people } from "#tests/support/mention-cases.ts";
import { cpuMs } from "#tests/support/render-costs.ts";
import { tokenBefore } from "#views/browser/completion-token.ts";
import { longestName, maxMentions, maxNamesAsked, namePlaceAt, namePlaces, namesShown } from "./mention.ts";
import { maxTextBytes } from "./message.ts";
import { nameKey } from "./user.ts";

const keys = new Set(people.map(nameKey));
const namesIn = (text: string) =>
  namePlaces(text).flatMap((place) => longestName(place, (key) => keys.has(key))?.key ?? []);

test.each(mentionCases)("%j names %j", (text, names) => {
  expect([...new Set(namesIn(text))]).toEqual(names.map(nameKey));
});

test("names no more people than the limit, and asks about no more names", () => {
  const words = (count: number, word: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => word(n)).join(" ");
  expect(namePlaces(words(maxMentions + 10, (n) => `@p${n}`))).toHaveLength(maxMentions);
  const asked = (text: string) => namePlaces(text).reduce((sum, { names }) => sum + names.length, 0);
  const each = 8;
  const fitting = maxNamesAsked / each;
  const chinese = (n: number) => `@李小龙你好在${String.fromCodePoint(0x4e00 + n)}吗`;
  expect(asked(words(fitting, chinese))).toBe(maxNamesAsked);
  expect(asked(`${words(fitting - 1, chinese)} ${chinese(999)}啊 ${chinese(998)}`)).toBe(maxNamesAsked - each);
});

/** How many characters all regular expressions and loops together look at can't be counted; that twice the text takes about twice the time can. */
test.each([
  ["@a", "@a"],
  ["letters without spaces", "李"],
  ["names without spaces", "@李小龙"],
  ["backticks", "`@a "],
  ["fences", "```\n````\n"],
  ["slashes", "//a"],
  ["underscores", "_@"],
  ["marks", "@a\u0301\u0301"],
  ["lines", "\n "],
  ["wide signs", "＠"],
  ["links", "[@a]("],
  ["brackets", "["],
])("a long text of %s takes no longer than its length says", (_what, piece) => {
  const spent = (bytes: number) => {
    const text = piece.repeat(bytes / Buffer.byteLength(piece));
    let least = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 5; tries++)
      least = Math.min(
        least,
        cpuMs(() => namePlaces(text)),
      );
    return least;
  };
  // What is compiled only once it has run often counts for neither.
  for (const bytes of [maxTextBytes, 16 * maxTextBytes]) spent(bytes);
  expect(spent(16 * maxTextBytes)).toBeLessThan(64 * Math.max(spent(maxTextBytes), 0.05));
});

test("in any text: a place is found again where it was found, and its names are what stands there", () => {
  const any = chance(4);
  for (let count = 0; count < 3_000; count++) {
    const text = `${any.text(6)}@${any.text(6)}`;
    const at = text.indexOf("@");
    const place = namePlaceAt(text, at);
    for (const { key, length } of place?.names ?? []) {
      expect(nameKey(text.slice(at + 1, at + 1 + length))).toBe(key);
    }
    const lengths = (place?.names ?? []).map(({ length }) => length);
    expect(lengths).toEqual([...new Set(lengths)].sort((a, b) => b - a));
  }
});

test("a message that keeps no names shows all that follow an @, if it names anybody", () => {
  const places = namePlaces("@ana_ and @nobody.");
  const shown = (of: Parameters<typeof namesShown>[0]) => places.map((place) => namesShown(of)?.(place)?.key);
  expect(shown({ mentions: true })).toEqual(["ana", "nobody"]);
  expect(shown({ mentions: false })).toEqual([undefined, undefined]);
  expect(shown({ mentions: true, named: [] })).toEqual([undefined, undefined]);
  expect(shown({ mentions: false, named: ["ana_"] })).toEqual(["ana_", undefined]);
});

/** Where a page offers names, and where one would be read. */
function offeredAndRead(text: string, at: number): readonly boolean[] {
  return [tokenBefore(text, at + 1) !== undefined, namePlaceAt(text, at) !== undefined];
}

test("a page offers names where one would be read: after each letter, in each case, and in any text", () => {
  const letters = [..."漢あアㄅ한กກកကཀꀀaяαאعअნঅაႠሀᏣ1"].map((letter) => `${letter}@ana`);
  const any = chance(5);
  const random = Array.from({ length: 3_000 }, () => `${any.text(6)}@a`);
  for (const text of [...letters, ...mentionCases.map(([each]) => each), ...random]) {
    for (const { index } of text.matchAll(/[@＠﹫](?=[\p{L}\p{Nd}])/gu)) {
      const [offered, read] = offeredAndRead(text, index);
      expect([text, index, offered]).toEqual([text, index, read]);
    }
  }
});
