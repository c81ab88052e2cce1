import { describe, expect, test } from "bun:test";
import { ChatError } from "./errors.ts";
import {
  checkPassword,
  maxNameLength,
  maxPasswordLength,
  minPasswordLength,
  nameKey,
  nameSkeleton,
  parseUserName,
} from "./user.ts";

const bidiOverride = "\u202E";

describe("names", () => {
  test.each(["ana", "Ana.B_c-d", "7of9", "Łukasz", "Иван", "দীপক", "李小龙", "a".repeat(maxNameLength)])(
    "%s is a name",
    (name) => {
      expect(parseUserName(name)).toBe(name);
    },
  );

  test.each([
    "",
    "   ",
    "a".repeat(maxNameLength + 1),
    "a b",
    "@ana",
    ".ana",
    "<b>ana</b>",
    "ana\0",
    `ana${bidiOverride}gnp`,
    "an\u200Ba",
    "ana\n",
    "ａｎａ",
    `a${"\u0301".repeat(4)}x`,
    `a${"\u0301".repeat(1_000_000)}`,
    "pаypal",
    "ana\uD800",
  ])("%j is refused as a name with the field named", (name) => {
    const refusal = catchError(() => parseUserName(name));
    expect(refusal?.code).toBe("invalid");
    expect(refusal?.field).toBe("name");
  });

  test("composed and decomposed forms are one name", () => {
    expect(parseUserName("Zoe\u0308")).toBe("Zoë");
  });

  test("case makes no other name", () => {
    expect(nameKey("ANA")).toBe(nameKey("ana"));
  });

  test.each([
    ["Alice", "A1ice"],
    ["Alice", "AIice"],
    ["bob", "b0b"],
    ["сосо", "coco"],
    ["Ανα", "ava"],
  ])("%s and %s look alike", (one, other) => {
    expect(nameSkeleton(one)).toBe(nameSkeleton(other));
  });

  test("names that differ to the eye stay apart", () => {
    expect(nameSkeleton("ana")).not.toBe(nameSkeleton("anna"));
  });
});

describe("passwords", () => {
  test("the shortest and the longest pass, one less or more does not", () => {
    checkPassword("x".repeat(minPasswordLength));
    checkPassword("x".repeat(maxPasswordLength));
    expect(() => checkPassword("x".repeat(minPasswordLength - 1))).toThrow(ChatError);
    expect(() => checkPassword("x".repeat(maxPasswordLength + 1))).toThrow(ChatError);
  });
});

function catchError(run: () => unknown): ChatError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
  return undefined;
}
