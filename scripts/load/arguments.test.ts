import { describe, expect, test } from "bun:test";
import { catalogue } from "../../load/k6/shared/catalogue.ts";
import { help, readArguments } from "./arguments.ts";

test("a scenario alone goes to localhost:8080 with its own defaults", () => {
  expect(readArguments(["chat"])).toEqual({
    ...{ type: "load", scenario: "chat", url: "http://localhost:8080", out: undefined, variables: {} },
  });
});

test("settings become k6's variables", () => {
  expect(
    readArguments([
      "spike",
      "--people",
      "50",
      "--delivery-p95",
      "250",
      "--url",
      "https://chat.example/",
      "--think",
      "0.5",
    ]),
  ).toMatchObject({
    url: "https://chat.example",
    variables: { PEOPLE: "50", DELIVERY_P95: "250", THINK: "0.5" },
  });
});

describe("a sentence for", () => {
  const refused: [string, string[], string][] = [
    ["no scenario", [], "Name one scenario: chat, spike"],
    ["an unknown one", ["storm"], "Name one scenario"],
    ["two", ["chat", "soak"], "Name one scenario"],
    ["an address that is none", ["chat", "--url", "localhost:8080"], "--url is the address"],
    ["a setting of another scenario", ["chat", "--stall", "3"], "chat has no --stall; it has --people, --rooms"],
    ["a number that is none", ["chat", "--people", "many"], "PEOPLE is a number above 0, like 10."],
    ["half a person", ["chat", "--people", "2.5"], "PEOPLE is a number above 0"],
    ["zero", ["chat", "--people", "0"], "PEOPLE is a number above 0"],
  ];
  test.each(refused)("%s", (_, words, sentence) => expect(() => readArguments(words)).toThrow(sentence));
});

test("help names every scenario", () => {
  expect(readArguments(["--help"])).toEqual({ type: "help" });
  for (const name of Object.keys(catalogue)) expect(help).toContain(`\n  ${name} `);
});
