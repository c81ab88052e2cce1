import { expect, test } from "bun:test";
import { maxTextBytes } from "./message.ts";
import { fromSlack } from "./slack-text.ts";

test("links of Slack are links of Markdown", () => {
  expect(fromSlack("see <https://ex.org/a?b=1&amp;c=2|the build> now")).toBe(
    "see [the build](https://ex.org/a?b=1&c=2) now",
  );
  expect(fromSlack("<https://ex.org/a>")).toBe("<https://ex.org/a>");
  expect(fromSlack("<https://ex.org/a|>")).toBe("<https://ex.org/a>");
  expect(fromSlack("<mailto:a@ex.org|write>")).toBe("[write](mailto:a@ex.org)");
  expect(fromSlack("<https://ex.org/(x)|a [b] \\>")).toBe("[a \\[b\\] \\\\](https://ex.org/%28x%29)");
});

test("characters are unescaped once, and everything else stays", () => {
  expect(fromSlack("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt; &quot;")).toBe("1 < 2 && 3 > 2, &lt; &quot;");
  expect(fromSlack("a < b > c <!here> <javascript:x|y> **bold**")).toBe("a < b > c <!here> <javascript:x|y> **bold**");
});

test("a long text of openings takes no long time", () => {
  const started = performance.now();
  fromSlack("<https://a|".repeat(maxTextBytes / 11));
  fromSlack("<https://".repeat(maxTextBytes / 9));
  expect(performance.now() - started).toBeLessThan(200);
});
