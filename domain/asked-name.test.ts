import { expect, test } from "bun:test";
import { askedName } from "./asked-name.ts";

test.each([
  ["bob", "bob"],
  ["@bob", "bob"],
  [" ＠bob ", "bob"],
  ["#lobby", "lobby"],
  ["# book club", "book club"],
  ["a@b", "a@b"],
  ["@", ""],
  [undefined, ""],
])("%j asks for %j", (typed, name) => {
  expect(askedName(typed)).toBe(name);
});
