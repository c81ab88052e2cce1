import { expect, test } from "bun:test";
import { readArguments, shownAddress } from "./arguments.ts";

const to = "postgres://ana:secret@db.example:5432/chat";

test("from and to, as words or from the environment; words win", () => {
  const move = { type: "move", from: "./data", to, showSecret: false } as const;
  expect(readArguments(["--from", "./data", "--to", to], {})).toEqual(move);
  expect(readArguments([], { DATA_DIR: "./data", DATABASE_URL: to })).toEqual(move);
  const words = ["--from=./data", `--to=${to}`, "--show-secret"];
  expect(readArguments(words, { DATA_DIR: "other" })).toEqual({ ...move, showSecret: true });
});

test.each(["--help", "-h"])("help: %s", (word) => {
  expect(readArguments([word], {})).toEqual({ type: "help" });
});

test.each([
  [[], "--from must name the data folder"],
  [["--from", "x"], "--to must be the address"],
  [["--from", "", "--to", to], "--from must name the data folder"],
  [["--from", "x", "--to", "mysql://ana:hunter2@db/chat"], "--to must be an address like postgres://"],
  [["--from", "x", "--to", "hunter2"], "--to must be an address like postgres://"],
  [["--form", "x"], "--form"],
])("%j is refused", (words, sentence) => {
  expect(() => readArguments(words, {})).toThrow(sentence);
  expect(() => readArguments(words, {})).not.toThrow("hunter2");
});

test("an address is shown without its password", () => {
  expect(shownAddress(to)).toBe("db.example:5432/chat");
});
