import { describe, expect, test } from "bun:test";
import { ChatError } from "./errors.ts";
import { checkText, maxTextBytes } from "./message.ts";
import { maxCombiningRun } from "./text.ts";

function codeFor(text: string): string | undefined {
  try {
    checkText(text);
  } catch (error) {
    if (error instanceof ChatError) return error.code;
    throw error;
  }
  return undefined;
}

describe("the text of a message", () => {
  test("may have exactly the most bytes, counted as UTF-8", () => {
    expect(codeFor("x".repeat(maxTextBytes))).toBeUndefined();
    expect(codeFor("é".repeat(maxTextBytes / 2))).toBeUndefined();
  });

  test("is too large one byte later", () => {
    expect(codeFor("x".repeat(maxTextBytes + 1))).toBe("too-large");
    expect(codeFor(`${"é".repeat(maxTextBytes / 2)}x`)).toBe("too-large");
  });

  test.each([
    ...["", " ", "\n\t ", "\u200B\u2060", "\u00A0", "\u3164", "\u115F\u1160", "\uFFA0", "\u3000", "\u2028"],
    ...["\uFE0F", "\u034F", "\u180B", "\u180E", "\u2800", "\u17B4\u17B5", "\u00AD", "\u061C", "\u202E\u202C"],
    ...[
      "\u{E0100}",
      "\u{E0020}\u{E007F}",
      "\u{1D159}",
      "\u{1D173}",
      "\u206A",
      "\uFFF9\uFFFB",
      "\u2065",
      "\uFE0F\u2800 \u034F",
    ],
    ...[
      "&nbsp;",
      "&ZeroWidthSpace;",
      "&nbsp;&NoBreak; \u2800",
      "&#8203;",
      "&#x2800;",
      "&#X200d;",
      "&hairsp;",
      "&Tab;&NewLine;",
    ],
    ...["&zwj;", "&shy;", "&lrm;", "&InvisibleTimes;", "&emsp;", "&#xE0100;", "&#32;"],
  ])("is not empty to the eye: %j", (text) => {
    expect(codeFor(text)).toBe("invalid");
  });

  test.each(["&nbsp", "&copy;", "&#0;", "\u2800.", "\u0301", "؟", "&amp;", "`&nbsp;`", "1\uFE0F\u20E3", "ㅤ한"])(
    "shows something: %j",
    (text) => {
      expect(codeFor(text)).toBeUndefined();
    },
  );

  test("has no NUL and is well-formed Unicode", () => {
    expect(codeFor("a\0b")).toBe("invalid");
    expect(codeFor("a\uD800b")).toBe("invalid");
  });

  test("has only so many combining marks in a row", () => {
    expect(codeFor(`a${"\u0301".repeat(maxCombiningRun)}`)).toBeUndefined();
    expect(codeFor(`a${"\u0301".repeat(maxCombiningRun + 1)}`)).toBe("invalid");
    expect(codeFor("\u0301".repeat(1_000_000))).toBe("too-large");
  });

  test.each([
    ...["\u200D", "\u00AD", "\u2060", "\u202E", "\uFE0F", "\u034F", "&#8203;", "&zwj;", "**", "_", "\\", "``"].map(
      (unseen) => `\u0301${unseen}`,
    ),
    ...["&#769;", "&#x301;", "\u0301&#769;"],
  ])("counts the marks in a row that are seen: %j again and again", (mark) => {
    const perPiece = mark === "\u0301&#769;" ? 2 : 1;
    expect(codeFor(`a${mark.repeat(maxCombiningRun / perPiece)}b`)).toBeUndefined();
    expect(codeFor(`a${mark.repeat(maxCombiningRun / perPiece + 1)}b`)).toBe("invalid");
    expect(codeFor(`a${mark}b`.repeat(60))).toBeUndefined();
  });

  test("may be any script, emoji with joiners, or right-to-left", () => {
    for (const text of ["שלום", "👩‍👩‍👧‍👦", "e\u0301", "नमस्ते", "one\ntwo"]) expect(codeFor(text)).toBeUndefined();
  });
});
