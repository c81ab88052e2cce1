/** Sentences and limits of the page: typing, announcements, message size, days, frames. */
import { expect, test } from "bun:test";
import { summarize } from "./announce.ts";
import { parseFrame } from "./frames.ts";
import { bytesOver, describeSize, TEXT_MAX_BYTES } from "./message-size.ts";
import { nameDay, untilMidnightMs } from "./times.ts";
import { describeTyping } from "./typing.ts";

test("typing names two people and no more", () => {
  expect(describeTyping([])).toBe("");
  expect(describeTyping(["Ana"])).toBe("Ana is typing…");
  expect(describeTyping(["Ana", "Bo"])).toBe("Ana and Bo are typing…");
  expect(describeTyping(["Ana", "Bo", "Cy"])).toBe("Several people are typing…");
});

test("a burst is announced as a number and its last message", () => {
  expect(summarize(["Ana: a", "Bo: b"])).toBe("Ana: a Bo: b");
  expect(summarize(["Ana: a", "Bo: b", "Cy: c"])).toBe("3 new messages. Cy: c");
});

test("the longest message fits, one byte more does not, and bytes are not characters", () => {
  expect(bytesOver("é".repeat(TEXT_MAX_BYTES / 2))).toBe(0);
  expect(bytesOver(`${"é".repeat(TEXT_MAX_BYTES / 2)}x`)).toBe(1);
  expect(describeSize(1)).toBe("1 bytes too long. Shorten or split the message.");
  expect(describeSize(-10)).toBe("10 bytes left.");
  expect(describeSize(bytesOver("short"))).toBe("");
});

test("days are named from the reader's midnight", () => {
  const now = new Date(2026, 10, 21, 23, 59, 0);
  expect(nameDay("2026-11-21", now)).toBe("Today");
  expect(nameDay("2026-11-20", now)).toBe("Yesterday");
  expect(untilMidnightMs(now)).toBe(60_000);
});

test("what is not a JSON object is not a frame", () => {
  expect(parseFrame('{"beat":true}')).toBeDefined();
  for (const data of ["123", "null", "<li>", undefined]) expect(parseFrame(data)).toBeUndefined();
});
