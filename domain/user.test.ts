import { describe, expect, test } from "bun:test";
import { chance } from "#tests/support/any-text.ts";
import { confusables } from "./confusables.ts";
import { ChatError } from "./errors.ts";
import { roomSkeleton } from "./look-alikes.ts";
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
    ...[
      "\uFE0F",
      "\uFE01",
      "\u034F",
      "\u180B",
      "\u17B4",
      "\u{E0100}",
      "\u115F",
      "\u3164",
      "\uFFA0",
      "\u2065",
      "\u00AD",
    ].map((unseen) => `mar${unseen}ia`),
    "می\u200Cخواهم",
    "ana\u{E0061}",
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
    ["mar\uFE0Fia", "maria"],
    ["m\u034Fa\u180Br\u17B4i\u{E0100}a", "maria"],
    ["e\u034F\u0301va", "éva"],
    ["İsa", "isa"],
    ["ӧzil", "özil"],
    ...["mɑllory", "mallᴏry", "maǀlory", "rnallory", "maꞁlory", "malloʀy", "mallorʏ", "ꓟꓮꓡꓡꓳꓣꓬ"].map(
      (twin): [string, string] => [twin, "mallory"],
    ),
    ["superchɑt", "superchat"],
    ["ꜱuperchat", "superchat"],
    ["ロバ", "口バ"],
    ["Æneas", "Aeneas"],
  ])("%s and %s look alike", (one, other) => {
    expect(nameSkeleton(one)).toBe(nameSkeleton(other));
  });

  test("names that differ to the eye stay apart", () => {
    expect(nameSkeleton("ana")).not.toBe(nameSkeleton("anna"));
    expect(nameSkeleton("Bernd")).not.toBe(nameSkeleton("Bend"));
    expect(roomSkeleton("modern")).not.toBe(roomSkeleton("modem"));
    expect(roomSkeleton("wiki")).not.toBe(roomSkeleton("wlkl"));
    expect(nameSkeleton("José")).not.toBe(nameSkeleton("Jose"));
    expect(nameSkeleton("Jiří")).not.toBe(nameSkeleton("Jirí"));
  });
});

test.each([
  ["lobbʏ", "lobby"],
  ["ꓡobby", "lobby"],
  ["wіkі", "wiki"],
  ["гoom", "room"],
])("rooms %s and %s look alike", (one, other) => {
  expect(roomSkeleton(one)).toBe(roomSkeleton(other));
});

test("what a letter looks like looks like itself", () => {
  for (const [letter, look] of confusables) {
    expect(letter).toBe(letter.normalize("NFKC").toLowerCase().normalize("NFD"));
    expect([letter, roomSkeleton(look).normalize("NFD")]).toEqual([letter, look]);
  }
  expect(confusables.size).toBeGreaterThan(1_500);
});

test("looks are stable, and do not depend on case, composition or what can't be seen", () => {
  const any = chance(2);
  for (let count = 0; count < 3_000; count++) {
    const name = any.text(12);
    const look = nameSkeleton(name);
    expect(nameSkeleton(look)).toBe(look);
    expect(nameSkeleton(nameKey(name))).toBe(look);
    expect(nameSkeleton(name.normalize("NFD"))).toBe(look);
    expect(nameSkeleton([...name].join("\u034F"))).toBe(nameSkeleton([...name].join("")));
  }
});

test("whoever is let in with a name looks like nobody else who differs in case, composition or a letter of another alphabet", () => {
  const any = chance(3);
  const twins = { a: "а", e: "е", o: "о", p: "р", c: "с", x: "х", i: "і", s: "ѕ", l: "1" };
  for (let count = 0; count < 500; count++) {
    const latin = Array.from({ length: 6 }, () => any.of(Object.keys(twins))).join("");
    const twin = [...latin].map((letter) => twins[letter as keyof typeof twins]).join("");
    expect(nameSkeleton(parseUserName(twin))).toBe(nameSkeleton(parseUserName(latin.toUpperCase())));
  }
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
