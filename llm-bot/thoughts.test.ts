import { describe, expect, test } from "bun:test";
import { withoutThoughts } from "./thoughts.ts";

const cases: readonly (readonly [string, string])[] = [
  ["Hello.", "Hello."],
  ["<think>hmm</think>Hello.", "Hello."],
  ["\n<think>\nhmm\n</think>\n\nHello.", "Hello."],
  ["<THINK>hmm</Think> Hello.", "Hello."],
  ["<thinking>a</thinking>\n<reasoning>b</reasoning>\nHello.", "Hello."],
  ["<think>one</think>Hello\n<think>two</think>there.", "Hello\nthere."],
  // Its template opened the thought.
  ["Let me see, six sevens…\n</think>\n\nForty-two.", "Forty-two."],
  // Never closed: all of it is a thought.
  ["<think>hmm", ""],
  ["Hello.\n<think>hmm", "Hello.\n"],
  // Fences inside of thoughts are thoughts.
  ["<think>\n```\na\n</think>\nHello.", "Hello."],
  // What talks about such marks keeps them.
  [
    "The mark `<think>` opens a thought, `</think>` closes it.",
    "The mark `<think>` opens a thought, `</think>` closes it.",
  ],
  ["```xml\n<think>a</think>\n```", "```xml\n<think>a</think>\n```"],
  ["1 < 2 and <b>", "1 < 2 and <b>"],
];

describe("what a model says without its thoughts", () => {
  test.each(cases)("%j is %j", (raw, said) => {
    expect(withoutThoughts(raw)).toEqual({ text: said, thought: raw !== said });
  });

  test.each(cases)("%j shows nothing on the way that is taken back, unless its opening was left out", (raw) => {
    let shown = "";
    for (let end = 0; end <= raw.length; end++) {
      const { text } = withoutThoughts(raw.slice(0, end), false);
      if (!text.startsWith(shown)) expect(raw).toStartWith("Let me see");
      shown = text;
    }
  });
});
