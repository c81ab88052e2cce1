/** Any text that may be sent is rendered within a budget of CPU and bytes. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { maxTextBytes } from "#domain/message.ts";
import { maxNameLength } from "#domain/user.ts";
import { hostileText } from "#tests/support/hostile-texts.ts";
import type { RenderCosts } from "#tests/support/render-costs.ts";
import { maxHighlighted } from "./highlight.ts";
import { renderText } from "./markdown.ts";
import { freeHtmlBytes, maxGrowth, maxNesting, maxWork } from "./markdown-budget.ts";

const maxCpuMs = 10;
/** Beside some 2,500 known attacks. */
const chances = 700;

test("by a process of its own, whatever is written in each rule and each language", async () => {
  const program = join(import.meta.dir, "../tests/support/render-costs.ts");
  const measuring = Bun.spawn([process.execPath, program, "--texts", String(chances)], { stdout: "pipe" });
  const costs = JSON.parse(await new Response(measuring.stdout).text()) as RenderCosts;
  expect(costs.texts).toBeGreaterThan(2_500);
  expect(costs.over).toEqual([]);
  expect(costs.worst.ms).toBeLessThan(maxCpuMs);
  expect(costs.largest.bytes).toBeLessThanOrEqual(freeHtmlBytes + maxGrowth * maxTextBytes);
}, 120_000);

test("is the same text the same HTML at each rendering", () => {
  for (let seed = 0; seed < 50; seed++) {
    const text = hostileText(seed, maxTextBytes);
    expect(renderText(text, { mentions: true })).toEqual(renderText(text, { mentions: true }));
  }
});

const html = (text: string): string => renderText(text, { mentions: false }).html;

test("has so many pieces, and is shown as written with one more", () => {
  // A line is three pieces: its star, its words, its break.
  const lines = (count: number) => "*a\n".repeat(count).trim();
  const shownLines = (maxWork - 3) / 3;
  expect(html(`**b**\n${lines(shownLines - 3)}`)).toContain("<strong>");
  expect(html(`**b**\n${lines(shownLines + 1)}`)).toStartWith("<p>**b**<br />*a<br />");
});

test("tries so many names, and is shown as written with one more", () => {
  const named = ["b", "李".repeat(maxNameLength)];
  const tried = (names: number) => `@b ${"@李李李李 ".repeat(names / 5)}`;
  const at = (text: string) => renderText(text, { mentions: true, named }).html;
  // A place is a try more than its names; around it is "@b" with its words.
  expect(at(tried(maxWork - 20))).toContain('class="mention"');
  expect(at(tried(maxWork + 5))).not.toContain('class="mention"');
});

test("looks through so many words of links, and is shown as written with more", () => {
  // A piece a character that may look like another, and the link itself; of plain words a quarter.
  const links = (words: string, count: number) => Array(count).fill(`[${words}](http://a.b)`).join(" ");
  const [strange, plain] = ["é.é ".repeat(240), "a.md ".repeat(190)];
  expect(html(links(strange, 3))).toContain("<a ");
  expect(html(links(strange, 5))).not.toContain("<a ");
  expect(html(links(plain, 15))).toContain("<a ");
  expect(html(links("words without an address ".repeat(38), 15))).toContain("<a ");
});

test("has so many lines, whatever is in them, and is shown as written with one more", () => {
  const lines = (count: number) => `**b**${"\n".repeat(count - 1)}`;
  expect(html(`${lines(maxWork - 1)}\nx`)).toContain("<strong>");
  expect(html(`${lines(maxWork)}\nx`)).toStartWith("<p>**b**<br />");
});

test("nests so deep, and is shown as written where it is deeper", () => {
  expect(html(`${"> ".repeat(maxNesting - 3)}deep`)).toContain("<blockquote>");
  expect(html(`${"> ".repeat(maxNesting)}deep`)).toBe(`<p>${"&gt; ".repeat(maxNesting)}deep</p>`);
  const nested = (depth: number) => `${"*a ".repeat(depth)}b${"*".repeat(depth)}`;
  expect(html(nested(10))).toContain("<em>a <em>a");
  expect(html(nested(maxNesting + 5))).toBe(`<p>${nested(maxNesting + 5)}</p>`);
});

test("may grow so far, and is shown as written where it grows further", () => {
  const table = (rows: number) => `|a|b|\n|-:|-:|\n${"|1|2|\n".repeat(rows)}`.trim();
  const mayBe = (rows: number) => freeHtmlBytes + maxGrowth * Buffer.byteLength(table(rows));
  const size = (rows: number) => Buffer.byteLength(html(table(rows)));
  const rowSize = size(2) - size(1);
  const most =
    Array.from({ length: 400 }, (_, n) => n + 1).findLast((n) => size(1) + (n - 1) * rowSize <= mayBe(n)) ?? 0;
  expect(html(table(most))).toContain("<table>");
  expect(size(most)).toBe(size(1) + (most - 1) * rowSize);
  expect(html(table(most + 1))).toStartWith("<p>|a|b|<br />");
});

test("has so much code in colour, in all its blocks", () => {
  const block = (length: number) => `\`\`\`ts\nlet ${"a".repeat(length - "let \n".length)}\n\`\`\`\n`;
  expect(html(block(maxHighlighted))).toContain("hljs-keyword");
  expect(html(block(maxHighlighted + 1))).not.toContain("hljs-keyword");
  expect(html(block(4_500) + block(4_500)).match(/class="hljs /g)).toHaveLength(1);
});
