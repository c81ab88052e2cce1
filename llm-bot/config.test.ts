import { expect, test } from "bun:test";
import { ConfigError } from "#domain/config-error.ts";
import type { EventId, UserId } from "#domain/ids.ts";
import { isEventId, madeAtMs } from "#domain/ids.ts";
import { answerIds } from "./answer-ids.ts";
import { readBotSettings } from "./config.ts";
import { isHelp } from "./help.ts";

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readBotSettings(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("without any setting there is @superchat with its own words", () => {
  const { bots, answerTokens } = readBotSettings({});
  expect(bots.map(({ name }) => name)).toEqual(["superchat"]);
  expect([bots[0]?.system.includes("{name}"), answerTokens]).toEqual([true, 384]);
});

test("more bots are configuration", () => {
  const { bots } = readBotSettings({ MORE_BOTS: '[{"name":"sage","prompt":"You are {name}."}]' });
  expect(bots[1]).toEqual({ name: "sage", system: "You are {name}." });
});

test("every problem is named at once", () => {
  const problems = problemsOf({
    LLM_ANSWER_TOKENS: "x",
    LLM_PROMPT_TOKENS: "1",
    MORE_BOTS: "{}",
    LLM_ANSWER_SECONDS: "4",
  });
  expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
    "LLM_ANSWER_SECONDS",
    "LLM_ANSWER_TOKENS",
    "LLM_PROMPT_TOKENS",
    "MORE_BOTS",
  ]);
  for (const json of ["[1]", '[{"name":"a b","prompt":"x"}]', "[", '[{"name":"a"}]'])
    expect(problemsOf({ MORE_BOTS: json })).toHaveLength(1);
});

test("the ids of an answer follow from bot and question, and are as old as the question", () => {
  const [one, other] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()] as [EventId, EventId];
  const [bot, sage] = [crypto.randomUUID(), crypto.randomUUID()] as [UserId, UserId];
  expect(answerIds(bot, one)).toEqual(answerIds(bot, one));
  const all = [answerIds(bot, one), answerIds(bot, other), answerIds(sage, one)].flatMap(({ posted, ended }) => [
    posted,
    ended,
  ]);
  expect(new Set(all).size).toBe(6);
  for (const id of all) expect(isEventId(id)).toBe(true);
  expect(madeAtMs(answerIds(bot, one).posted)).toBe(madeAtMs(one));
});

test.each([
  ["@superchat", true],
  ["@superchat help", true],
  ["Help, @Superchat!", true],
  ["@superchat help me with this", false],
  ["@superchat what is help?", false],
])("%j asks for help: %p", (text, help) => {
  expect(isHelp({ id: "b" as UserId, name: "superchat" }, { text })).toBe(help);
});

test.each([
  ["@superchat", false],
  ["?!", false],
  ["help", true],
])("%j as a reply asks for help: %p", (text, help) => {
  const author = { id: "b" as UserId, name: "superchat" };
  const replyTo = { id: "m" as EventId, offset: 1, author, text: "Forty-two." };
  expect(isHelp(author, { text, replyTo })).toBe(help);
});
