import { describe, expect, test } from "bun:test";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Message } from "./message.ts";
import { excerptOf, maxExcerptSource, maxQuoteCharacters, quoteOf } from "./quote.ts";

const length = (text: string) => [...text].length;

describe("the excerpt of a text", () => {
  test("is all of it when that is short, in one line", () => {
    expect(excerptOf("  hello\r\n\n\tto you\u2028all\u00A0here ")).toBe("hello to you all here");
  });

  test.each([
    ["shall we **meet** on _Saturday_, at `ten`, ~~or not~~?", "shall we meet on Saturday, at ten, or not?"],
    ["# Plans\n> boots\n- a map\n2. [tea](https://tea.example/a)\n![us](/us.png)", "Plans boots a map tea us"],
    ["look:\n```ts\nconst a = 1;\n```", "look: const a = 1;"],
    [
      "2 * 3 * 4, a_b_c, x**2, __init__.py, it's ~5, [no] (link)",
      "2 * 3 * 4, a_b_c, x**2, init.py, it's ~5, [no] (link)",
    ],
    ["**", "**"],
    ["```\n```", "``` ```"],
    ["![](https://a.example/b.png) and <https://a.example>", "https://a.example/b.png and <https://a.example>"],
    ["> what time?\nfive o'clock", "what time? five o'clock"],
    ["```SELECT a\nFROM t\n```", "SELECT a FROM t"],
    ["**重要。**下一句, 5*3=15 and 2*4=8, \\*a\\* &lt;b&gt;", "重要。下一句, 5*3=15 and 2*4=8, *a* <b>"],
    ["#", "#"],
    ["> &nbsp;", "> &nbsp;"],
    ["[1]: https://a.example/b_c_d", "[1]: https://a.example/b_c_d"],
    ["- [ ] open\n- [x](/b) `**c**`", "[ ] open x **c**"],
  ])("is plain text: %j", (text, plain) => {
    expect(excerptOf(text)).toBe(plain);
  });

  test("is made quickly of whatever is written", () => {
    for (const mark of ["*", "_", "`", "~~", "[", "![a](", "> ", "**a", "_a ", "](", "# "]) {
      expect(length(excerptOf(mark.repeat(10_000)))).toBeLessThanOrEqual(maxQuoteCharacters);
    }
  });

  test("is cut past its longest, with an ellipsis, and never in the middle of a character", () => {
    expect(excerptOf("é".repeat(maxQuoteCharacters))).toBe("é".repeat(maxQuoteCharacters));
    const cut = excerptOf("🙂".repeat(maxQuoteCharacters + 1));
    expect(cut).toBe(`${"🙂".repeat(maxQuoteCharacters - 1)}…`);
    expect(excerptOf(`${"x".repeat(maxQuoteCharacters - 2)} yz`)).toBe(`${"x".repeat(maxQuoteCharacters - 2)}…`);
  });

  test("is the same from a text's beginning as from all of it", () => {
    const texts = [
      "x".repeat(5_000),
      `${" \n".repeat(600)}late`,
      `a${"🙂 ".repeat(2_000)}`,
      "🙂".repeat(maxExcerptSource),
    ];
    for (const text of texts) {
      const beginning = [...text].slice(0, maxExcerptSource + 1).join("");
      expect(excerptOf(beginning)).toBe(excerptOf(text));
      expect(length(excerptOf(text))).toBeLessThanOrEqual(maxQuoteCharacters);
      expect(excerptOf(text)).toEndWith("…");
    }
  });

  test("turns nothing around that stands beside it, and keeps what joins letters", () => {
    expect(excerptOf("\u202Eevil\u2066 \u200Fשלום")).toBe("evil שלום");
    expect(excerptOf("👩\u200D💻 می\u200Cخواهم")).toBe("👩\u200D💻 می\u200Cخواهم");
  });
});

describe("a quote", () => {
  const author = { id: "ada" as UserId, name: "Ada" };
  const message: Message = {
    id: "m" as EventId,
    room: "r" as RoomId,
    offset: 7,
    author,
    text: "one\ntwo",
    at: "2026-01-01T00:00:00.000Z",
    mentions: [],
  };

  test("says which message, whose, where, and what", () => {
    expect(quoteOf(message)).toEqual({ id: message.id, offset: 7, author, text: "one two" });
  });

  test("of a deleted message says nothing of its text", () => {
    expect(quoteOf({ ...message, deleted: true })).toEqual({
      ...{ id: message.id, offset: 7, author, text: "" },
      deleted: true,
    });
  });
});
