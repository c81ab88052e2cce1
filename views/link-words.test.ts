/** The words of a link: those that show another address than it leads to have the real one beside them, and no others do. */
import { describe, expect, test } from "bun:test";
import { maxLinkWords } from "./link-words.ts";
import { renderText } from "./markdown.ts";

const html = (text: string): string => renderText(text, { mentions: false }).html;
const noted = (text: string): string | undefined => /<bdi>\((.*)\)<\/bdi><\/a><\/p>$/.exec(html(text))?.[1];

const hiding: readonly string[] = [
  ..."apple\\.com|apple&#46;com|apple&#x2e;com|https\\://apple.com|https:&#47;/apple.com|http:apple.com|HTTPS://APPLE.COM".split(
    "|",
  ),
  ..."\u2060apple.com|apple\u200B.com|apple&#8203;.com|ap\u00ADple.com|apple\u2009.com|apple.c\u0336om|\u202Emoc.elppa\u202C".split(
    "|",
  ),
  ..."**apple**.com|*a*pple.com|~~apple~~.com|`apple.com`|`https://apple.com`|h**ttps**://apple.com|_apple_.com".split(
    "|",
  ),
  ..."(apple.com)|“apple.com”|→ apple.com|«apple.com»|Go to https://apple.com/login|sign in: apple.com!|\\[apple.com\\]|apple.com官网".split(
    "|",
  ),
  ..."apple．com|apple。com|apple｡com|apple․com|apple\u06F0com|ａｐｐｌｅ.ｃｏｍ|𝐚𝐩𝐩𝐥𝐞.com|apple.соm|аpple.com".split(
    "|",
  ),
  ..."array.map|apple.bank|apple.ai|paypal.co.nz|пример.рф|例え.jp|apple.com:443|http://localhost|192.168.0.1|README.md".split(
    "|",
  ),
  ..."evil.example→apple.com|evil.example apple.com|https://evil.example/ https://apple.com|https://apple.com@evil.example".split(
    "|",
  ),
  ..."me@apple.com|https://apple.com%2f@evil.example|![https://apple.com](https://evil.example/p.png)|![](https://apple.com/)".split(
    "|",
  ),
  `${"a ".repeat(maxLinkWords / 2)}apple`,
];

const plain: readonly (readonly [words: string, href: string])[] = [
  ["the docs", "https://a.example"],
  ["文档", "https://a.example"],
  ["官网a.example.com", "https://a.example.com"],
  ["a.example.com官网", "https://a.example.com"],
  ["例え.jp", "https://例え.jp"],
  ["a中文.com", "https://a中文.com"],
  ["www.apple.com/a_b?c", "https://apple.com"],
  ["(see https://apple.com/a.)", "https://apple.com/a"],
  ["https://apple.com/a/https://b.com", "https://apple.com/a/https://b.com"],
  ["my_site.example.com", "https://my_site.example.com"],
  ["http://localhost:8080/x", "http://localhost:8080/x"],
  ["Node.js, System.Text.Json and array.from()", "https://a.example"],
  ["e.g. v1.2.3 at 12:30, 142.0.7444.59 …", "https://a.example"],
  ["main.rs#L10", "/files/main.rs"],
  ["README.md", "https://a.example/blob/README.md?plain=1"],
  ["First.Last+x@apple.com", "mailto:first.last+x@apple.com"],
  ["@ana said a@b", "https://a.example"],
  ["a".repeat(maxLinkWords), "https://a.example"],
];

describe("words of a link", () => {
  test.each(hiding)("that show another address have the real one beside them: %j", (words) => {
    expect(noted(`[${words}](https://evil.example)`)).toBe("evil.example");
  });

  test.each(plain)("that are words, or its own address, stay alone: %j", (words, href) => {
    const shown = html(`[${words}](${href})`);
    expect(shown).toContain("<a href=");
    expect(shown).not.toContain("<bdi>");
  });

  test("of a mail's link show its address or have it beside them", () => {
    expect(noted("[me@apple.com](mailto:you@apple.com)")).toBe("you@apple.com");
    expect(noted("[apple.com](mailto:you@evil.example)")).toBe("you@evil.example");
    expect(noted("[me@apple.com](/rooms/lobby)")).toBe("/rooms/lobby");
  });

  test("can't turn round what is beside them", () => {
    expect(html("[https://apple.com\u202E](https://moc.elppa/)")).toContain("\u202E <bdi>(moc.elppa)</bdi></a>");
  });
});

test.each([
  "<https://apple.com@evil.example>",
  "[x](https://apple.com@evil.example)",
  "[x](<https://apple.com:a@evil.example/>)",
  "[x](https&#58;//apple.com&commat;evil.example&#64;a)",
  "![x](HTTPS://a@evil.example)",
  "https://apple.com@evil.example",
])("an address with a name before its host is no link: %j", (text) => {
  expect(html(text)).not.toContain("<a");
});

test.each([
  ["https://a.b中文", "https://a.b"],
  ["https://example.org看看https://例え.jp", "https://example.org"],
  ["https://例え.jpを見て", "https://例え.jp"],
  ["http://localhost안녕", "http://localhost"],
  ["https://a.中国", "https://a.中国"],
  ["https://пример.рф", "https://пример.рф"],
])("in %j the first address is %j", (text, address) => {
  expect(/<a [^>]*>([^<]*)<\/a>/.exec(html(text))?.[1]).toBe(address);
});
