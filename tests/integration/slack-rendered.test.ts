/** Texts of Slack as a message shows them: its marks are marks, and nothing else is. */
import { expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { fromSlack } from "#domain/slack-text.ts";
import { renderText } from "#views/markdown.ts";

const html = (text: string, style: "mrkdwn" | "plain" = "mrkdwn") =>
  renderText(fromSlack(text, style, maxTextBytes), { mentions: false }).html;
const words = (of: string) =>
  of
    .replace(/<br \/>|<\/p>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(
      /&(lt|gt|quot|amp|#39);/g,
      (_all, name) => ({ lt: "<", gt: ">", quot: '"', amp: "&", "#39": "'" })[name as "lt"],
    )
    .replace(/\s+/g, " ")
    .trim();

test.each([
  ["*bold* _it_ ~gone~", "<p><strong>bold</strong> <em>it</em> <s>gone</s></p>"],
  ["*_both_*", "<p><strong><em>both</em></strong></p>"],
  ["`a *b* &lt;c&gt;`", "<p><code>a *b* &lt;c&gt;</code></p>"],
  ["&gt; said\nanswered", /^<blockquote>\s*<p>said<\/p>\s*<\/blockquote>\s*<p>answered<\/p>$/],
  ["```a\n*b*```", /^<pre tabindex="0"><code>a\n\*b\*\n<\/code><\/pre>$/],
  ["<https://ex.org/a_b|*x*>", /<a href="https:\/\/ex\.org\/a_b"[^>]*>\*x\*<\/a>/],
  ["https://ex.org/a_b_c", /<a href="https:\/\/ex\.org\/a_b_c"[^>]*>https:\/\/ex\.org\/a_b_c<\/a>/],
])("%j is shown as %p", (text, expected) => {
  if (typeof expected === "string") expect(html(text)).toBe(expected);
  else expect(html(text)).toMatch(expected);
});

test("a text without marks of Slack's shows what it says, whatever Markdown would make of it", () => {
  const bits = [..."*_~`[]()<>#-+=|!\\:.1 \n\n&;xé"].concat(
    "**",
    "```",
    "  ",
    "](",
    "&amp;amp;",
    "---",
    "://",
    "    ",
    "10. ",
  );
  let seed = 7;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let n = 0; n < 5_000; n++) {
    const text = Array.from({ length: 1 + Math.floor(next() * 12) }, () => bits[Math.floor(next() * bits.length)]).join(
      "",
    );
    const shown = words(html(text, "plain"));
    // Emoji are the one thing that Slack has as well; spaces are not told apart.
    if (/:\S+:/.test(text)) continue;
    const meant = text.replaceAll("&amp;", "&").replace(/\s+/g, " ").trim();
    expect([text, shown]).toEqual([text, meant]);
    expect([text, html(text, "plain").match(/<(?!\/?p>|br \/>)/g)]).toEqual([text, null]);
  }
});
