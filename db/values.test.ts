import { expect, test } from "bun:test";
import { asText, parseTime } from "./values.ts";

test("times have milliseconds, however many the database printed", () => {
  expect(parseTime("2026-01-02 03:04:05+00")).toBe("2026-01-02T03:04:05.000Z");
  expect(parseTime("2026-01-02 03:04:05.1+00")).toBe("2026-01-02T03:04:05.100Z");
  expect(parseTime("2026-01-02 03:04:05.123+00")).toBe("2026-01-02T03:04:05.123Z");
  expect(parseTime("2026-01-02 03:04:05.123456+00")).toBe("2026-01-02T03:04:05.123Z");
});

test("a time in another zone is refused rather than misread", () => {
  expect(() => parseTime("2026-01-02 03:04:05+02")).toThrow("not in UTC");
});

test("json that is text already is not wrapped again", () => {
  expect(asText('{"a":1}')).toBe('{"a":1}');
  expect(asText({ a: 1 })).toBe('{"a":1}');
});
