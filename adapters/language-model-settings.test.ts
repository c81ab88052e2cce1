import { expect, test } from "bun:test";
import { ConfigError } from "#domain/config-error.ts";
import { readLanguageModelSettings } from "./language-model-settings.ts";

const problemsOf = (env: Record<string, string>) => {
  try {
    readLanguageModelSettings(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("everything has a default", () => {
  expect(readLanguageModelSettings({})).toEqual({
    model: "auto",
    ollamaUrl: undefined,
    source: undefined,
    folder: undefined,
    fetch: "ask",
    contextTokens: 2048,
    slots: 1,
    threads: undefined,
    firstPieceMs: 60_000,
    nextPieceMs: 15_000,
    keepMs: 900_000,
  });
});

test("all problems are named at once, each with its variable", () => {
  const problems = problemsOf({
    LLM_MODEL: "two words",
    LLM_FETCH: "always",
    LLM_MODEL_URL: "ftp://example.org/model.gguf",
    LLM_MODEL_SHA256: "abc",
    LLM_CONTEXT_TOKENS: "64",
    LLM_KEEP_MINUTES: "0",
    OLLAMA_URL: "localhost",
  });
  expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
    "LLM_CONTEXT_TOKENS",
    "LLM_FETCH",
    "LLM_KEEP_MINUTES",
    "LLM_MODEL",
    "LLM_MODEL_SHA256",
    "LLM_MODEL_URL",
    "LLM_MODEL_URL",
    "OLLAMA_URL",
  ]);
});

test("an address and its sum belong together", () => {
  expect(problemsOf({ LLM_MODEL_URL: "https://example.org/model.gguf" })).toEqual([
    "LLM_MODEL_SHA256 is missing: the two belong together.",
  ]);
  expect(problemsOf({ LLM_MODEL_SHA256: "a".repeat(64) })).toEqual([
    "LLM_MODEL_URL is missing: the two belong together.",
  ]);
});

test("none is no model; the port of the original stack is an address, and the newer name wins", () => {
  expect(readLanguageModelSettings({ LLM_MODEL: "none" }).model).toBeUndefined();
  expect(readLanguageModelSettings({ LLM_PORT: "1234" }).ollamaUrl).toBe("http://127.0.0.1:1234");
  expect(readLanguageModelSettings({ LLM_PORT: "1234", OLLAMA_URL: "http://a:1" }).ollamaUrl).toBe("http://a:1");
});
