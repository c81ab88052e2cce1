/** What the Markdown of a message becomes. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { renderText, reportRenderingFaults } from "./markdown.ts";
import { maxWork } from "./markdown-budget.ts";

const html = (text: string, mentions = false): string => renderText(text, { mentions }).html;

/** The first code span of each of the first two columns of the document's tables; "as typed" stands for its own. */
const guide = await Bun.file(join(import.meta.dir, "../docs/markdown.md")).text();
const cases = [...guide.matchAll(/^\| (`+) ?(.+?) ?\1 \| (?:(`+) ?(.+?) ?\3|as typed) \|$/gm)].map(
  ([, , typed = "", , shown]) => [unescaped(typed), shown === undefined ? undefined : unescaped(shown)] as const,
);

function unescaped(cell: string): string {
  return cell.replaceAll("\\|", "|").replaceAll("⏎", "\n");
}

/** Line breaks between tags, and attributes that are the same everywhere. */
function bare(html: string): string {
  return html.replace(/(?<=>)\n(?!<\/code>)/g, "").replace(/ (?:tabindex="0"|rel="[^"]*"|target="_blank")/g, "");
}

function words(html: string): string {
  return html
    .replace(/<br \/>\n?|<\/p>\n<p>/g, "\n")
    .replace(/<\/?p>/g, "")
    .replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? "'");
}

describe("docs/markdown.md", () => {
  test("has its cases", () => {
    expect(cases.length).toBeGreaterThan(90);
    const rows = guide.split("\n").filter((line) => /^\| `.*(?:` \||as typed \|)$/.test(line));
    expect(cases.length).toBe(rows.length);
  });

  test.each(cases)("%j", (typed, shown) => {
    if (shown === undefined) expect(words(html(typed))).toBe(typed);
    else expect(bare(html(typed))).toBe(bare(shown));
  });
});

describe("Markdown", () => {
  test("keeps plain text plain and escapes it", () => {
    expect(html("a quiet word")).toBe("<p>a quiet word</p>");
    expect(html(`a < b && c > "d" 'e'`)).toBe(`<p>a &lt; b &amp;&amp; c &gt; "d" 'e'</p>`);
  });

  test("marks up what people write in chats", () => {
    expect(html("**b** _i_ ~~s~~ `c`")).toBe("<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>");
    expect(html("one\ntwo")).toBe("<p>one<br />\ntwo</p>");
    expect(html("> quoted")).toContain("<blockquote>");
    expect(html("3. three")).toContain('<ol start="3">');
    expect(html(":tada: :+1:")).toBe("<p>🎉 👍</p>");
    expect(html("at 10:30:45 :) 8)")).toBe("<p>at 10:30:45 :) 8)</p>");
  });

  test("colours code whose language is named and known", () => {
    const coloured = html("```ts\nconst a = 1;\n```");
    expect(coloured).toContain('<pre tabindex="0"><code class="hljs language-ts">');
    expect(coloured).toContain('<span class="hljs-keyword">const</span>');
    expect(html("```text\n<a>\n```")).toBe('<pre tabindex="0"><code>&lt;a&gt;\n</code></pre>');
    expect(html(`\`\`\`ts\n${"let a;\n".repeat(1300)}\`\`\``)).not.toContain("hljs-keyword");
  });

  test("shows headings as strong text, so that the page keeps its outline", () => {
    expect(html("# Big\n\nSmall\n---")).not.toMatch(/<h\d/);
    expect(html("# Big")).toBe("<p><strong>Big</strong></p>");
  });

  test("aligns tables by class and lets them scroll", () => {
    const table = html("|a|b|c|\n|:-|-:|:-:|\n|1|2|3|");
    expect(table).toStartWith('<div class="table" tabindex="0"><table>');
    expect(table).toContain('<td class="align-right">2</td>');
    expect(table).toContain('<th class="align-center">c</th>');
    expect(table).not.toContain("style");
  });

  test("links to the web, to mail and within the site, and turns images into links", () => {
    const safe = 'rel="noopener nofollow ugc" target="_blank"';
    expect(html("https://a.example/b?c=d&e")).toBe(
      `<p><a href="https://a.example/b?c=d&amp;e" ${safe}>https://a.example/b?c=d&amp;e</a></p>`,
    );
    expect(html("[x](/rooms/lobby?at=3#m-3)")).toBe('<p><a href="/rooms/lobby?at=3#m-3">x</a></p>');
    expect(html("[x](//a.example)")).not.toContain("<a");
    expect(html("[m](mailto:a@b.example)")).toContain('href="mailto:a@b.example"');
    expect(html("![cat](https://a.example/c.png)")).toBe(`<p><a href="https://a.example/c.png" ${safe}>cat</a></p>`);
    expect(html("[![cat](https://a.example/c.png)](https://b.example)")).toBe(
      `<p><a href="https://b.example" ${safe}>cat</a></p>`,
    );
    expect(html("see readme.md and main.rs")).toBe("<p>see readme.md and main.rs</p>");
  });

  test("shows a few emoji alone large", () => {
    for (const text of ["🎉", "👩‍👩‍👧‍👦 🏳️‍🌈", ":wave:", "❤️"])
      expect(renderText(text, { mentions: false }).jumbo).toBe(true);
    for (const text of ["1", "#", "hi 🎉", "🎉".repeat(7)])
      expect(renderText(text, { mentions: false }).jumbo).toBe(false);
  });
});

describe("mentions", () => {
  test("stand out where somebody was mentioned", () => {
    expect(html("hi @Bob.Marley.", true)).toBe('<p>hi <span class="mention">@Bob.Marley</span>.</p>');
    expect(html("**@bob**, *@ana*", true).match(/class="mention"/g)).toHaveLength(2);
    expect(html("hi @bob")).toBe("<p>hi @bob</p>");
  });

  test("are no mentions in code, links, addresses and words", () => {
    for (const text of [
      "`@bob`",
      "```\n@bob\n```",
      "[@bob](https://a.example)",
      "https://a.example/@bob",
      "x@bob",
      "@@",
      "-@bob",
    ]) {
      expect(html(`${text}\n\nand @ana`, true).match(/class="mention"/g)).toHaveLength(1);
    }
  });
});

test("a bug of the renderer costs its text the marks, nothing more, and is reported; a text that is too much is none", () => {
  const broken = new Proxy<string[]>([], {
    get() {
      throw new TypeError("a bug");
    },
  });
  const reported: unknown[] = [];
  reportRenderingFaults((error) => reported.push(error));
  const options = { mentions: true, named: broken };
  expect(renderText("**a** @ana", options).html).toBe("<p>**a** @ana</p>");
  expect(reported).toEqual([new TypeError("a bug")]);
  expect(renderText("**a** ".repeat(maxWork), { mentions: false }).html).toStartWith("<p>**a** **a** ");
  expect(reported).toHaveLength(1);
  reportRenderingFaults((error) => {
    throw error;
  });
  expect(() => renderText("**a** @ana", options)).toThrow("a bug");
});
