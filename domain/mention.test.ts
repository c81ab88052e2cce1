import { expect, test } from "bun:test";
import { maxMentions, mentionedKeys } from "./mention.ts";

test.each([
  ["hello @Ana", ["ana"]],
  ["@ana, @ben: look. And @ANA.", ["ana", "ben"]],
  ["(@ana.b) ", ["ana.b"]],
  ["mail me at ana@example.org", []],
  ["see https://example.org/@ana", []],
  ["`@ana` and ```\n@ben\n``` and ~~~\n@cy\n~~~", []],
  ["an open fence ```\n@ana", []],
  ["@", []],
  ["@李小龙 你好", ["李小龙"]],
])("%j names %j", (text, keys) => {
  expect(mentionedKeys(text)).toEqual(keys);
});

test("names no more people than the limit", () => {
  const text = Array.from({ length: maxMentions + 10 }, (_, n) => `@p${n}`).join(" ");
  expect(mentionedKeys(text)).toHaveLength(maxMentions);
});
