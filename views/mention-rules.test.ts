/** Which names stand out in what people see: those, and only those, that domain/mention.ts found. */
import { expect, test } from "bun:test";
import { longestName, namePlaces } from "#domain/mention.ts";
import { nameKey } from "#domain/user.ts";
import { chance } from "#tests/support/any-text.ts";
import { mentionCases, people } from "#tests/support/mention-cases.ts";
import { renderText } from "./markdown.ts";
import { renderMessageText } from "./message-text.ts";

const keys = new Set(people.map(nameKey));
const namedIn = (text: string) => [
  ...new Set(namePlaces(text).flatMap((place) => longestName(place, (key) => keys.has(key))?.key ?? [])),
];
const shown = (html: string) =>
  [...html.matchAll(/<span class="mention">[@＠﹫]([^<]*)<\/span>/g)].map(([, name = ""]) => nameKey(name));
const render = (text: string) => renderText(text, { mentions: true, named: namedIn(text) }).html;

test.each(mentionCases)("%j shows %j", (text, names) => {
  expect([...new Set(shown(render(text)))]).toEqual(names.map(nameKey));
});

test("what a text shows is the whole of it, signs and all", () => {
  const html = render(
    "a ＠ana, b @ben_ c ﹫王你好! @ana_ d ![@ana](https://example.org/x) e [@ben](https://example.org)",
  );
  expect(html.replaceAll(/<[^>]*>/g, "")).toBe("a ＠ana, b @ben_ c ﹫王你好! @ana_ d @ana e @ben");
  expect(shown(html)).toEqual(["ana", "ben", "王", "ana_"]);
});

test("the same text with other names is another rendering", () => {
  const at = (...names: string[]) =>
    renderMessageText({ text: "@ana_ x", mentions: ["1" as never], named: names }).html;
  expect(at("ana")).toContain(">@ana</span>_ x");
  expect(at("ana_")).toContain(">@ana_</span> x");
  expect(at()).not.toContain("mention");
  expect(renderMessageText({ text: "@ana_ x", mentions: ["1" as never] }).html).toContain(">@ana</span>_ x");
});

test("in any text of Markdown the names that stand out are those that are told", () => {
  const any = chance(6);
  const pieces = [
    ..."` `` ``` ~~~ [ ] ]( ](https://a_(b)) ](/x) ](javascript:x) ![ < > <https://a.b/@ana> ( ) * ** _ ~~ \\ // https:// https://a.b/c mailto:".split(
      " ",
    ),
    ...[
      "\n",
      "\n\n",
      "\n> ",
      "\n- ",
      "\n1. ",
      "\n    ",
      "\n```\n",
      "\n~~~\n",
      "\n# ",
      " ",
      " ",
      " ",
      "\t",
      "a",
      "你好",
      ".",
      ",",
    ],
    ...people.flatMap((name) => [`@${name}`, `@${name} `]),
  ];
  let named = 0;
  for (let count = 0; count < 4_000; count++) {
    const text = Array.from({ length: 1 + any.number(14) }, () => any.of(pieces)).join("");
    const html = renderText(text, { mentions: true, named: [...keys] }).html;
    const told = new Set(namedIn(text));
    named += told.size;
    expect([text, [...new Set(shown(html))].sort()]).toEqual([text, [...told].sort()]);
  }
  expect(named).toBeGreaterThan(1_000);
});

test("in any text nothing stands out that was not found", () => {
  const any = chance(5);
  for (let count = 0; count < 1_500; count++) {
    const text = `${any.text(5)}@${any.of(people)}${any.text(5)} ＠${any.of(people)}${any.text(3)}`;
    const [found, seen] = [new Set(namedIn(text)), shown(render(text))];
    for (const name of seen) expect([text, [...found]]).toEqual([text, expect.arrayContaining([name])]);
  }
});
