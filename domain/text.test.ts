/** What may stand beside other people's texts in one line. */
import { expect, test } from "bun:test";
import { chance } from "#tests/support/any-text.ts";
import { ChatError } from "./errors.ts";
import { checkOneLine, maxCombiningRun } from "./text.ts";

test.each([
  ...["می‌خواهم", "گفت‌و‌گو", "کتاب‌ها و فیلم‌ها", "سال ۱۴۰۰ ه‍.ق", "ශ්‍රී ලංකා", "ന്‍", "र्‍य", "র‍্যাম", "ರಾಜ್‌ಕುಮಾರ್", "क्‌ष"],
  ...["👨‍👩‍👧", "👩‍💻 at work", "🏳️‍🌈🏳\u200D🌈", "❤️ ❤", "👍\uFE0F", "1️⃣ first", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍❤️‍💋‍👨🏿"],
  "Grüße, Zoe\u0308!",
])("%s is written right", (text) => {
  expect(checkOneLine(text, "topic")).toBeUndefined();
});

test.each([
  ...[
    "a\u200Cb",
    "a\u200Db",
    "lob\u200Dby",
    "م\u200C",
    "\u200Cم",
    "م\u200C\u200Cم",
    "م\u200C م",
    "ශ\u200Dර",
    "a\u200C\u094D",
  ],
  ...[
    "lob\uFE0Fby",
    "1\uFE0F",
    "👍\u200D",
    "👍\u200D👍",
    "\u200D👍",
    "👍\uFE0F\uFE0F",
    "❤\u200Da",
    "a\u{E0061}",
    "葛\u{E0100}",
  ],
  ...[
    "a\u034Fb",
    "a\u180Bb",
    "a\u17B4b",
    "a\u00ADb",
    "a\u2060b",
    "a\u3164b",
    "a\u202Eb",
    "a\u2066b",
    "a\u200Eb",
    "\uFEFF",
  ],
  ...["a\nb", "a\u2028b", "\0", "\uD800"],
])("%j hides something, and is refused with the field named", (text) => {
  try {
    checkOneLine(text, "topic");
  } catch (error) {
    expect(error).toBeInstanceOf(ChatError);
    expect((error as ChatError).field).toBe("topic");
    return;
  }
  throw new Error("taken");
});

test("marks in a row are counted across what shows nothing", () => {
  const long = `क${"\u094D".repeat(maxCombiningRun)}`;
  expect(checkOneLine(`${long}ष`, "topic")).toBeUndefined();
  expect(() => checkOneLine(`${long}\u200D\u094Dष`, "topic")).toThrow("too many combining marks");
});

test("a joiner between any other two characters is refused", () => {
  const any = chance(7);
  const others = () => any.of([..."abcXYZ019éßжщяαλω李小かカ한 .,-#"]);
  for (let count = 0; count < 500; count++)
    expect(() => checkOneLine(`${others()}${any.of(["\u200C", "\u200D"])}${others()}`, "name")).toThrow(ChatError);
});
