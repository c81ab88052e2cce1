/** Twelve or twenty-four: by cookie, by language, and by nothing. */
import { expect, test } from "bun:test";
import { countsToTwelve } from "./hour-cycle.ts";

for (const [said, language, hour12] of [
  [undefined, undefined, false],
  [undefined, "", false],
  [undefined, "*", false],
  [undefined, "en-US,en;q=0.9", true],
  [undefined, "EN-us", true],
  [undefined, "en-GB", false],
  [undefined, "de", false],
  [undefined, "de-DE;q=0.9, en-US", false],
  [undefined, "hi-IN", true],
  [undefined, "xx-notalanguage", false],
  [undefined, `en-${"x".repeat(5_000)}`, false],
  ["24", "en-US", false],
  ["12", "de", true],
  ["13", "en-US", true],
] as const) {
  test(`the clock of ${said} and ${language?.slice(0, 30)} counts to ${hour12 ? 12 : 24}`, () => {
    expect(countsToTwelve(said, language)).toBe(hour12);
  });
}
