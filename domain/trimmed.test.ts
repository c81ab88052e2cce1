import { expect, test } from "bun:test";
import { trimmed } from "./trimmed.ts";

const [first, last] = [new Set("(."), new Set(").")];

test.each([
  ["(a)", "a"],
  ["..a(b).c..", "a(b).c"],
  [")a(", ")a("],
  ["...", ""],
  ["", ""],
])("%j is %j without what is at its ends", (text, left) => {
  expect(trimmed(text, first, last)).toBe(left);
});
