/** What is found by which way of writing it, and that folding is stable. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { chance } from "#tests/support/any-text.ts";
import { folded, maxSearchLength, searchForm } from "./fold.ts";
import { nameKey } from "./user.ts";

test.each([
  ["Café", "cafe"],
  ["cafe\u0301", "cafe"],
  ["Straße", "strasse"],
  ["STRASSE", "strasse"],
  ["STRAẞE", "strasse"],
  ["José", "jose"],
  ["Łódź", "lodz"],
  ["Øre, Ærø & Œuvre", "ore, aero & oeuvre"],
  ["Nguyễn Đức", "nguyen duc"],
  ["İstanbul", "istanbul"],
  ["ISPARTA", "isparta"],
  ["ısparta", "isparta"],
  ["Þór", "thor"],
  ["Σίσυφος", "σισυφοσ"],
  ["ΣΊΣΥΦΟΣ", "σισυφοσ"],
  ["Ёлка", "елка"],
  ["ｆｕｌｌ１", "full1"],
  ["ﬁn Ⅳ", "fin iv"],
  ["كتابي", "کتابی"],
  ["سَلام", "سلام"],
  ["שָׁלוֹם", "שלום"],
  ["李小龙", "李小龙"],
  ["がガｶﾞ", "がガガ"],
  ["한국어", "한국어"],
  ["हिन्दी", "हिन्दी"],
  ["mar\uFE0Fia", "maria"],
  ["می‌خواهم", "میخواهم"],
])("%j is found as %j", (text, form) => {
  expect(folded(text)).toBe(form);
});

test("folding twice is folding once; composition, case and width change nothing", () => {
  const any = chance(1);
  for (let count = 0; count < 3_000; count++) {
    const text = any.text(24);
    const form = folded(text);
    expect(folded(form)).toBe(form);
    for (const way of [text.normalize("NFD"), text.normalize("NFKC"), nameKey(text), text.toLowerCase()])
      expect(folded(way)).toBe(form);
  }
});

test("folding any text at all twice is folding it once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 12 }), (text) => folded(folded(text)) === folded(text)),
    { numRuns: 3_000, seed: 1 },
  );
});

test("of a search so many characters count and no more", () => {
  expect(searchForm("É".repeat(maxSearchLength))).toBe("e".repeat(maxSearchLength));
  expect(searchForm("É".repeat(maxSearchLength + 1))).toBe("e".repeat(maxSearchLength));
});
