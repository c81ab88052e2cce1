/** Every way to write an emoji comes to one form, and that form is the one that Unicode recommends. */
import { expect, test } from "bun:test";
import { canonicalEmoji, isEmoji, maxEmojiBytes, withoutEmoji } from "./emoji.ts";

/** All that a shortcode names, in every colour of skin: close to all there are. */
const data: string = "markdown-it-emoji/lib/data/full.mjs";
const known = Object.values<string>((await import(data)).default);
const skins = ["", "🏻", "🏿"];
const coloured = known
  .flatMap((emoji) => skins.map((skin) => emoji.replace(/^(\p{Emoji_Modifier_Base})\uFE0F?/u, `$1${skin}`)))
  .filter((emoji) => /^\p{RGI_Emoji}$/v.test(emoji));
const emoji = [...new Set([...coloured, "👨🏻‍❤️‍💋‍👨🏿", "👁️‍🗨️", "⛓️‍💥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🕵🏽‍♂️", "🇫🇷", "7️⃣"])];

test("there are enough of them to say so", () => {
  expect(emoji.length).toBeGreaterThan(2_400);
});

test("with its selectors, without them, with too many and with those of text it is the same emoji", () => {
  const wrong = emoji.filter((one) => {
    const bare = one.replaceAll("\uFE0F", "");
    const crowded = bare.replaceAll(/(\p{Extended_Pictographic}|^[0-9#*])/gu, "$1\uFE0F");
    const asText = bare.replaceAll(/(\p{Extended_Pictographic}|^[0-9#*])/gu, "$1\uFE0E");
    return [one, bare, crowded, asText].some((form) => !isEmoji(form) || canonicalEmoji(form) !== one);
  });
  expect(wrong).toEqual([]);
});

test("no two come to the same form, and the form of a form is itself", () => {
  const forms = emoji.map(canonicalEmoji);
  expect(new Set(forms).size).toBe(emoji.length);
  expect(forms.map(canonicalEmoji)).toEqual(forms);
});

test("the limit is that of the form which is kept, however it was written", () => {
  const hearts = (count: number, heart: string) => Array<string>(count).fill(heart).join("\u200D");
  for (const heart of ["❤", "❤\uFE0F", "❤\uFE0E"]) {
    expect(Buffer.byteLength(canonicalEmoji(hearts(7, heart)))).toBeLessThanOrEqual(maxEmojiBytes);
    expect([7, 8].map((count) => isEmoji(hearts(count, heart)))).toEqual([true, false]);
  }
});

test.each([
  ["👩‍💻 at work", " at work"],
  ["👍\uFE0F❤ 1️⃣ 🏳\u200D🌈", "  "],
  ["a\uFE0F 1\uFE0F", "a\uFE0F 1\uFE0F"],
  ["👍\u200D👍", "👍\u200D👍"],
  ["👍\u200D", "\u200D"],
  ["no picture", "no picture"],
])("%j without its emoji is %j", (text, rest) => {
  expect(withoutEmoji(text)).toBe(rest);
});
