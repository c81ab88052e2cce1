import { expect, test } from "bun:test";
import { renderText } from "#views/markdown.ts";
import { closeCode } from "./close-code.ts";

const cut = {
  "no code": "Hello.",
  "closed code": "```\na\n```",
  "open code": "```js\nlet a;",
  "an open fence without a line": "Look:\n```",
  "a longer fence": "````\n```\na",
  tildes: "~~~\n```",
  "code in an item": "1. Do:\n   ```sh\n   ls",
  "code in an item of two levels": "- a\n  - b\n    ```\n    ls",
  "a fence on the line of its item": "- ```\n  ls",
  "code after a list": "- a\n\nThen:\n```\nls",
  "a fence below a list, indented": "- a\n\nThen:\n\n  ```\n  ls",
  "code in a quote": "> ```\n> ls",
  "a fence of two": "```\na\n```\n```js\nb",
  "an inline fence": "```a``` and `b",
};

test.each(Object.entries(cut))("what follows %s is no code", (_, text) => {
  const { html } = renderText(`${closeCode(text)}\n\nThat was all.`, { mentions: false });
  expect(html).toEndWith("<p>That was all.</p>");
});
