/** What a row of joins and leaves says. */
import { expect, test } from "bun:test";
import { type Coming, foldWords } from "./fold-words.ts";

const came = (names: string): Coming[] => [...names].map((name) => ({ who: name, name, joined: true }));
const left = (names: string): Coming[] => [...names].map((name) => ({ who: name, name, joined: false }));

test.each([
  [[], ""],
  [came("a"), "a joined"],
  [came("ab"), "a and b joined"],
  [came("abc"), "a, b and 1 other joined"],
  [came("abcd"), "a, b and 2 others joined"],
  [[...came("ab"), ...left("c")], "a and b joined · c left"],
  [left("abcd"), "a, b and 2 others left"],
  [[...came("ab"), ...left("a")], "b joined · a left"],
  [[...left("a"), ...came("a")], "a joined"],
  [[...came("a"), ...left("a"), ...came("ba")], "a and b joined"],
])("%j", (comings, words) => {
  expect(foldWords(comings)).toBe(words);
});
