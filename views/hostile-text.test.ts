/** Text made to break out of a message, or to keep the server busy. */
import { describe, expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { renderText } from "./markdown.ts";

const html = (text: string, mentions = false): string => renderText(text, { mentions }).html;

const payloads = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<a href='javascript:alert(1)'>x</a>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<style>@import 'x'</style><base href=//evil>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](<java\nscript:alert(1)>)",
  "[x](&#106;avascript:alert(1))",
  "[x](&#x6A&#x61vascript:alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](%6aavascript:alert(1))",
  "[x](vbscript:msgbox(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](data:image/svg+xml;base64,PHN2Zz4=)",
  "[x](file:///etc/passwd)",
  "[x](//evil.example)",
  "[x](/\\evil.example)",
  "[x](blob:https://a.example/1)",
  "![x](javascript:alert(1))",
  '![x](https://a.example/"onerror="alert(1))',
  '![x" onerror=alert(1) y="](https://a.example/)',
  '[x](https://a.example "title\\" onmouseover=alert(1) \\"")',
  '[x](https://a.example/"onclick="alert(1))',
  "<javascript:alert(1)>",
  "<https://a.example/'onclick='alert(1)>",
  'https://a.example/"onclick="alert(1)',
  "[x]: javascript:alert(1)\n\n[x]",
  "[x]: https://a.example '\" onclick=alert(1)'\n\n[x]",
  '```"onmouseover=alert(1)\ncode\n```',
  '```ts" onclick="alert(1)\ncode\n```',
  "```html\n<script>alert(1)</script>\n```",
  "~~~<script>alert(1)</script>\ncode\n~~~",
  "`<img src=x onerror=alert(1)>`",
  "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
  "# <script>alert(1)</script>",
  "@<script>alert(1)</script> @bob",
  "@bob<img/src/onerror=alert(1)>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;img src=x onerror=alert(1)&#62;",
  "\\<script\\>alert(1)\\</script\\>",
  '<a href="https://a.example" style="position:fixed;inset:0">x</a>',
  "<p id=composer class=message>x</p>",
  "</li></ol><form action=/sign-out>",
  "<hx-partial id=x>y</hx-partial>",
  "<div hx-get=/sessions/revoke-all hx-trigger=load>x</div>",
];

/** All tags that may ever leave, exactly as they may look. */
const allowedTag = new RegExp(
  [
    "</?(?:p|strong|em|s|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|code|bdi)>",
    "<(?:br|hr) />",
    '<ol start="\\d+">',
    '<pre tabindex="0">|</pre>|<div class="table" tabindex="0">|</div>|</span>|</a>',
    '<code class="hljs language-[\\w+#-]+">',
    '<span class="(?:mention|language-[a-z]+|hljs-[\\w-]+(?: [a-z]+_+)?)">',
    '<t[hd] class="align-(?:right|center)">',
    '<a href="(?:https?://|mailto:)[^"<>]*" rel="noopener nofollow ugc" target="_blank">',
    '<a href="(?:/(?!/)|[#?])[^"<>]*">',
  ].join("|"),
  "g",
);

describe("hostile text", () => {
  for (const payload of payloads) {
    test(`becomes harmless: ${JSON.stringify(payload)}`, () => {
      for (const mentions of [false, true]) expect(html(payload, mentions).replace(allowedTag, "")).not.toMatch(/[<>]/);
    });
  }

  const fill = (piece: string): string => piece.repeat(Math.ceil(maxTextBytes / piece.length)).slice(0, maxTextBytes);
  const pieces = [
    ...[
      "[",
      "]",
      "![",
      "[a](",
      "[](a)",
      "[a][",
      "*",
      "**a ",
      "*a **a ",
      "***a",
      "_a__a",
      "~~a",
      "`",
      "` `` ",
      "```\n",
      "\\",
      "&",
      "&amp;",
    ],
    ...[
      "<",
      "<a",
      "<!--",
      "<http://a>",
      "http://a.b ",
      "http://",
      "http:",
      "mailto:",
      "a@b.c ",
      "@",
      "@a ",
      ":",
      ":smile:",
      ":a",
      "👩‍👩‍👧‍👦",
    ],
    ...[
      ">",
      "> ",
      "- ",
      "1. ",
      "-\n",
      "> a\n",
      "- a\n  ",
      "a\n",
      "a\n\n",
      "\n",
      " ",
      "\t",
      "---\n",
      "===\n",
      "[a]: /x\n",
      "|",
      "|a|\n|-|\n",
    ],
  ];
  const built = [
    `|${"a|".repeat(100)}\n|${"-|".repeat(100)}\n${`${"|".repeat(100)}\n`.repeat(150)}`,
    Array.from({ length: 180 }, (_, depth) => `${" ".repeat(depth)}- a`).join("\n"),
    Array.from({ length: 170 }, (_, length) => "`".repeat(length)).join(" "),
    `http://${"a".repeat(16_000)}`,
    ...["ts", "xml", "json", "ini", "cpp", "python", "swift", "ruby", "php", "css", "sql", "yaml", "bash"].flatMap(
      (language) =>
        ["a", "(", "<a ", "`${", '"', "a<", "a\n", "[", "  "].map(
          (piece) => `\`\`\`${language}\n${piece.repeat(8_000 / piece.length)}\n`,
        ),
    ),
  ];
  /** Generous: measured below 50 ms each; a quadratic one takes seconds. */
  const maxCpuMs = 400;

  test("is rendered in bounded time and to a bounded size", () => {
    for (const text of [...pieces.map(fill), ...built]) {
      const before = process.cpuUsage();
      const { html } = renderText(text, { mentions: true });
      const { user, system } = process.cpuUsage(before);
      expect([text.slice(0, 30), (user + system) / 1_000 < maxCpuMs]).toEqual([text.slice(0, 30), true]);
      expect(html.length).toBeLessThan(12 * maxTextBytes);
    }
  });

  test("that nests too deep is shown as it was written, not dropped", () => {
    expect(html(`${"> ".repeat(60)}deep`)).toContain("deep");
    expect(html(`${"- ".repeat(60)}deep`)).toContain("deep");
  });
});
