import { expect, test } from "bun:test";
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
