import { expect, test } from "bun:test";
import { ChatError } from "./errors.ts";
import { isReserved, parseNewName } from "./reserved-names.ts";
import { parseUserName } from "./user.ts";

test.each([
  ...[
    "all",
    "here",
    "channel",
    "everyone",
    "room",
    "system",
    "admin",
    "administrator",
    "moderator",
    "support",
    "staff",
  ],
  ...["ALL", "Here", "adm1n", "ádmin", "Ad.min", "ad_min", "admin_", "5upport", "r00t"],
  ...["superchat", "Superchat", "super-chat", "5uperchat", "süperchat", "superchat_", "superchat.help", "SuperchatBot"],
])("%s is reserved, and could be a name otherwise", (name) => {
  expect(isReserved(name)).toBe(true);
  expect(() => parseNewName(name)).toThrow("This name is reserved; choose another.");
});

test.each([
  "ana",
  "allan",
  "sherehere",
  "adminka",
  "roomie",
  "channing",
  "supra",
  "chatsuper",
  "everyone-else",
  "李小龙",
  "modesty",
])("%s is free", (name) => {
  expect(parseNewName(name)).toBe(name);
});

test("an account of before keeps its name", () => {
  expect(parseUserName("admin")).toBe("admin");
});

test.each(["ɑdmin", "adrnin", "systern", "ꜱupport", "superchɑt", "bot"])("%s passes for a reserved name", (name) => {
  expect(isReserved(name)).toBe(true);
});

test.each([
  ...["malloryʼ", "malloryˈ", "malloryˋ", "mallory\u02BC_", "ʼmallory", "malloryꞌ"],
  ...["mallory\u0336", "mallory\u20DD", "m\u0338allory", "mallory\u20E0"],
  ...["mall٥ry", "mall๐ry", "mall०ry", "mall໐ry", "ана٣", "५५٥"],
  ...["malꓡory", "aⲟb"],
])("%j passes for another name: no new account has it, older ones keep theirs", (name) => {
  expect(parseUserName(name)).toBe(name.normalize("NFC"));
  expect(() => parseNewName(name)).toThrow(ChatError);
});

test.each([
  ...[
    "ʻIolani",
    "Kaʻahumanu",
    "O\u02BCBrien",
    "奈々",
    "カー",
    "นิด๕",
    "अनु५",
    "علی۲",
    "علي٢",
    "Ana7",
    "Bernard",
    "Nguyễn",
    "ꓡꓲꓢꓴ",
  ],
  ...["٤٢", "Ivan_2", "Ваня3", "Łukasz", "ᏣᎳᎩ", "José.", "buildbot-"],
])("%j is a name for a new account", (name) => {
  expect(parseNewName(name)).toBe(name);
});
