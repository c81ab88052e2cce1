/** The second wall alone: it must hold whatever the renderer before it does. */
import { expect, test } from "bun:test";
import { maxNesting } from "./markdown-budget.ts";
import { verdictOn } from "./sanitize.ts";

const link = (href: string) => `<a href="${href}" rel="noopener nofollow ugc" target="_blank">x</a>`;

test.each([
  "<p>a &lt;b&gt; \"c\" 'd'<br />\ne</p>",
  `<p>${link("https://a.example/b?c=d&amp;e#f")} ${link("mailto:a@b.example")} <a href="/rooms/a?at=3#m-3">here</a></p>`,
  '<ol start="3">\n<li><strong><em><s>a</s></em></strong></li>\n</ol><hr />',
  '<div class="table" tabindex="0"><table><thead><tr><th class="align-right">a</th></tr></thead></table></div>',
  '<pre tabindex="0"><code class="hljs language-c++"><span class="hljs-built_in">a</span></code></pre>',
  '<span class="mention">@bob</span>',
])("lets pass what we write: %s", (html) => {
  expect(verdictOn(html)).toBe("shown");
});

test.each([
  ...[
    "<script>a</script>",
    "<img src=x onerror=alert(1)>",
    "<p onclick=a>a</p>",
    "<P>a</P>",
    "<p >a</p>",
    "<p/>a",
    "<!-- a -->a",
  ],
  ...[
    "<svg>a</svg>",
    "<form>a</form>",
    "<style>a</style>",
    "<br>a",
    '<p class="composer">a</p>',
    '<ol start="-1">a</ol>',
  ],
  ...["</div>a", "<p>a", "<p><em>a</p></em>", "a</p><p>", "a < b", "a > b", "<", "a<p", "<p>a</p></li>"],
  ...[
    "javascript:a",
    "//evil.example",
    "/\\evil.example",
    "ftp://a.example",
    "data:a",
    "https://a.example/ b",
    'https://a\'b" onclick="a',
  ].map(link),
  '<a href="https://a.example">a</a>',
  '<code class="hljs language-a" onclick="b">a</code>',
  '<span class="hljs-a composer">a</span>',
  `${"<em>".repeat(2 * maxNesting + 1)}a${"</em>".repeat(2 * maxNesting + 1)}`,
])("stops what we do not: %s", (html) => {
  expect(verdictOn(html)).toBe("unsafe");
});

test.each([
  "",
  "<p></p>",
  "<hr />",
  "<blockquote>\n<p> \u00A0\u200B\u2800\uFE0F</p>\n</blockquote>",
  "<ul><li></li></ul>",
])("says where nothing can be seen: %j", (html) => {
  expect(verdictOn(html)).toBe("blank");
});
