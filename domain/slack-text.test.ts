import { describe, expect, test } from "bun:test";
import { maxTextBytes } from "./message.ts";
import { messageFromSlack } from "./slack-message.ts";
import { fromSlack, type SlackStyle } from "./slack-text.ts";
import { byteLength } from "./text.ts";

const of = (text: string, style: SlackStyle = "mrkdwn") => fromSlack(text, style, maxTextBytes);

/** As Slack shows it; how a message shows the Markdown is looked at in tests/integration/slack-rendered.test.ts. */
describe.each([
  [
    "marks",
    [
      ["*bold*, _italic_ and ~gone~", "**bold**, _italic_ and ~~gone~~"],
      ["*_both_* _*both*_ ~*_all_*~", "**_both_** _**both**_ ~~**_all_**~~"],
      ['(*a b*) "_c_"', '(**a b**) "_c_"'],
      ["5*3=15 and 2*4=8", "5\\*3=15 and 2\\*4=8"],
      ["a * b * c, *a * b", "a \\* b \\* c, \\*a \\* b"],
      ["snake_case_name and _one_two_", "snake_case_name and _one_two_"],
      ["*one _two* three_", "**one \\_two** three\\_"],
      ["*over\ntwo*", "\\*over\ntwo\\*"],
      ["*重要* 下", "**重要** 下"],
      ["**", "\\*\\*"],
    ],
  ],
  [
    "what is Markdown alone",
    [
      ["**not bold** __nor__ ~~this~~", "\\*\\*not bold\\*\\* \\_\\_nor\\_\\_ \\~\\~this\\~\\~"],
      ["# not a heading\n## nor this, #5", "\\# not a heading\n\\## nor this, #5"],
      ["[a](https://evil.example)", "[a\\](https://evil.example)"],
      ["[1]: https://ex.org", "[1\\]: https://ex.org"],
      ["[FIRING:2] too hot", "[FIRING:2] too hot"],
      ["a | b\n--- | ---\n1 | 2", "a | b\n\\--- | ---\n1 | 2"],
      ["|a|\n|:-|\n|1|", "|a|\n\\|:-|\n|1|"],
      ["title\n===\nand\n---", "title\n\\===\nand\n\\---"],
      ["- one\n+ two\n1. three\n2) four\n1.5 five", "\\- one\n\\+ two\n1\\. three\n2\\) four\n1.5 five"],
      ["    indented\n  a little", "\u00a0\u00a0\u00a0\u00a0indented\n  a little"],
      ["C:\\temp \\# \\*x* end\\", "C:\\temp \\\\# \\\\**x** end\\\\"],
      ["![x](https://a.example)", "![x\\](https://a.example)"],
      ["<b>hi</b> <javascript:x|y>", "\\<b>hi\\</b> \\<javascript:x|y>"],
    ],
  ],
  [
    "characters, once",
    [
      ["1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 \\< 2 && 3 > 2"],
      ["&amp;lt; &amp;copy; &amp;#65; &quot;", "\\&lt; \\&copy; \\&#65; \\&quot;"],
      ["R&amp;D", "R\\&D"],
    ],
  ],
  [
    "references",
    [
      ["see <https://ex.org/a?b=1&amp;c=2|the build> now", "see [the build](https://ex.org/a?b=1&c=2) now"],
      ["<https://ex.org/a>, <https://ex.org/a|>", "<https://ex.org/a>, <https://ex.org/a>"],
      ["<mailto:a@ex.org|write>", "[write](mailto:a@ex.org)"],
      ["<tel:+4912|call>", "call"],
      ["<https://ex.org/(x)|a [b] \\ *c*>", "[a \\[b\\] \\\\ \\*c\\*](https://ex.org/%28x%29)"],
      ["*<https://ex.org|bold>*", "**[bold](https://ex.org)**"],
      ["wow!<https://ex.org|x>", "wow\\![x](https://ex.org)"],
      ["<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"],
      ["<@U1> <@U1|ana> <@W1|@ana>", "@U1 @ana @ana"],
      ["<#C1> <#C1|general>", "\\#C1 \\#general"],
      ["<!date^1392734382^{date}^https://ex.org|Feb 18>", "[Feb 18](https://ex.org)"],
      ["<!date^1392734382^{date}|Feb 18>", "Feb 18"],
      ["<!subteam^S1|@ops> <!subteam^S1>", "@ops @S1"],
      ["https://ex.org/a_b_c*d, *https://ex.org/x*", "https://ex.org/a_b_c*d, **https://ex.org/x**"],
    ],
  ],
  [
    "code",
    [
      ["`*a* <https://x.org|y> &lt;b&gt; \\n`", "`*a* <https://x.org|y> <b> \\n`"],
      ["run ```a *b*\n# c &amp;&amp; d``` now", "run \n```\na *b*\n# c && d\n```\n now"],
      ["```\nx\n```\nafter", "```\nx\n```\nafter"],
      ["one ` two", "one \\` two"],
      ["one ``` two", "one \\`\\`\\` two"],
      ["`a` and `b`", "`a` and `b`"],
    ],
  ],
  [
    "quotations",
    [
      ["&gt; said\nanswered", "> said\n\nanswered"],
      ["> *raw*\n> more", "> **raw**\n> more"],
      ["&gt;&gt;&gt; all\nof it", "> all\n> of it"],
      ["a &gt; b", "a > b"],
    ],
  ],
] as const)("%s", (_what, rows) => {
  test.each(rows.map(([from, to]) => [from, to]))("%j", (from, to) => expect(of(from)).toBe(to));
});

test("without Slack's marks a text is as it was written", () => {
  expect(of("*a* _b_ ~c~ `d` <!here> <https://x.org|y> &amp; &gt; e", "plain")).toBe(
    "\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\<!here> \\<https://x.org|y> & > e",
  );
  expect(of("> a\n# b", "plain")).toBe("\\> a\n\\# b");
});

test("what is too long ends with an ellipsis, and with all that was begun", () => {
  expect(fromSlack("*one two three*", "mrkdwn", 15)).toBe("**one two …**");
  expect(fromSlack("a ```long code is here```", "mrkdwn", 24)).toMatch(
    /^a \n```\nlong? … ?\n```\n$|^a \n```\nlon?g? ?.*…\n```\n$/,
  );
  expect(fromSlack("see <https://ex.org/a-long-address|x> there", "mrkdwn", 20)).toBe("see …");
  for (const text of [
    "é".repeat(maxTextBytes),
    "*".repeat(maxTextBytes),
    "a *b* ".repeat(9_000),
    "```x".repeat(9_000),
  ]) {
    for (const size of [0, 3, 5, 100, 4_001, maxTextBytes])
      expect(byteLength(fromSlack(text, "mrkdwn", size))).toBeLessThanOrEqual(size);
  }
});

test("the work grows with what is shown alone", () => {
  // What is shown is a quarter of it.
  const maxMs = 25;
  const bits = [
    "<https://a|",
    "<https://",
    "`",
    "```",
    "*",
    "*a",
    "_*~",
    "<",
    "<!",
    "&gt;",
    "&amp;",
    "[",
    "](",
    "\\",
    "a_",
    ">>> ",
    "*a _b ",
    "https://",
  ];
  const runs = ["http://a.b/#.#c", "a# #b", "a#\t#b", "```a\n# #b```", "<http://a|#x#>", "*a#*#b"];
  const texts = [
    ...bits.map((bit) => bit.repeat(65_536 / bit.length)),
    ...runs.map((run) => run.replace(/#(.+)#/s, (_all, part: string) => part.repeat(65_536 / part.length))),
  ];
  const slow = texts.filter((text) => {
    const rich = {
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text, style: { bold: true } }] }],
    };
    const payload = { text, blocks: [{ type: "rich_text", ...rich }], attachments: [{ text, fallback: text }] };
    return !(
      takes(() => fromSlack(text, "mrkdwn", maxTextBytes), maxMs) &&
      takes(() => fromSlack(text, "plain", maxTextBytes), maxMs) &&
      takes(() => messageFromSlack(payload), 2 * maxMs)
    );
  });
  expect(slow.map((text) => text.slice(0, 20))).toEqual([]);
});

/** At least once of six times: what is compiled and collected for what was before is not this text's. */
function takes(work: () => unknown, maxMs: number): boolean {
  for (let tries = 0; tries < 6; tries++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 < maxMs) return true;
  }
  return false;
}
