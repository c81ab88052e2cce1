/** Which word before the caret asks for completion. */
import { expect, test } from "bun:test";
import { tokenBefore } from "./completion-token.ts";
import { findEmoji } from "./emoji.ts";

const at = (text: string) => tokenBefore(text, text.length);

test("an @ at the start of a word asks for names", () => {
  expect(at("@")).toEqual({ kind: "mention", query: "", start: 0 });
  expect(at("hi @an")).toEqual({ kind: "mention", query: "an", start: 3 });
  expect(at("(@Åsa")).toEqual({ kind: "mention", query: "Åsa", start: 1 });
});

test("between words that are written without spaces an @ asks for names, as does a wide one", () => {
  expect(at("你好@an")).toEqual({ kind: "mention", query: "an", start: 2 });
  expect(at("你好@")).toEqual({ kind: "mention", query: "", start: 2 });
  expect(at("안녕@민")).toEqual({ kind: "mention", query: "민", start: 2 });
  expect(at("こんにちは＠た")).toEqual({ kind: "mention", query: "た", start: 5 });
  expect(at("hi ＠an")).toEqual({ kind: "mention", query: "an", start: 3 });
  expect(at("@Zoe\u0308")).toEqual({ kind: "mention", query: "Zoe\u0308", start: 0 });
  expect(at("привет@ив")).toBeUndefined();
});

test("after any sign that may stand before a name an @ asks for names", () => {
  for (const sign of ["，", "（", "：", "“", ",", ":", ">", ")", "|", "!", "\u2014"])
    expect([sign, at(`看${sign}@an`)]).toEqual([sign, { kind: "mention", query: "an", start: 2 }]);
  for (const sign of [".", "/", "-", "\\", "@"]) expect([sign, at(`see ${sign}@an`)]).toEqual([sign, undefined]);
});

test("mail addresses, finished words and times ask for nothing", () => {
  expect(at("ana@example")).toBeUndefined();
  expect(at("@ana hello")).toBeUndefined();
  expect(at("at 10:30")).toBeUndefined();
  expect(at("so:")).toBeUndefined();
});

test("a colon and two letters ask for emoji, best matches first", () => {
  expect(at("nice :sm")).toEqual({ kind: "emoji", query: "sm", start: 5 });
  expect(at(":s")).toBeUndefined();
  expect(findEmoji("sm", 2).map(({ name }) => name)).toEqual(["smile", "smirk"]);
  expect(findEmoji("heart", 1)[0]?.name).toBe("heart_eyes");
});
