import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { clusterVariables } from "#adapters/cluster-settings.ts";
import { languageModelVariables } from "#adapters/language-model-settings.ts";
import { webhookVariables } from "#adapters/webhook-settings.ts";
import { postgresVariables } from "#db/native/programs.ts";
import { ConfigError } from "#domain/config-error.ts";
import { botVariables } from "#llm-bot/config.ts";
import { readConfig } from "./config.ts";

const problemsOf = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("everything has a default", () => {
  expect(readConfig({})).toMatchObject({
    port: 8080,
    dataDir: "./data",
    limits: true,
    logLevel: "info",
    secret: undefined,
  });
});

test("all problems are named at once, each with its variable", () => {
  const problems = problemsOf({
    PORT: "70000",
    LIMITS: "maybe",
    JWT_SECRET: "short",
    LOG_LEVEL: "loud",
    PUBLIC_URL: "chat",
  });
  expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
    "PORT",
    "PUBLIC_URL",
    "JWT_SECRET",
    "LIMITS",
    "LOG_LEVEL",
  ]);
});

test("a secret is never shown", () => {
  expect(problemsOf({ JWT_SECRET: "hunter2" }).join()).not.toContain("hunter2");
});

test.each(["x", "-1", "8080.5", "", "65536"])("PORT=%j is refused or taken as absent", (port) => {
  expect(problemsOf({ PORT: port }).length).toBe(port === "" ? 0 : 1);
});

test("names of the original stack keep working, and the newer name wins", () => {
  expect(readConfig({ SERVER_PORT: "3000" }).port).toBe(3000);
  expect(readConfig({ SERVER_PORT: "3000", PORT: "4000" }).port).toBe(4000);
});

test.each([
  "https://example.org/chat",
  "https://example.org/chat/",
  "https://a:b@example.org",
  "https://example.org/?x",
  "https://example.org/#x",
])("PUBLIC_URL=%s is refused with a sentence", (url) => {
  const [problem = "", ...rest] = problemsOf({ PUBLIC_URL: url });
  expect([problem.split(",")[0], rest]).toEqual(["PUBLIC_URL must be an address alone", []]);
  expect(problem).toContain("can't be served below a path");
});

test("the public address is an allowed origin", () => {
  const config = readConfig({
    PUBLIC_URL: "https://chat.example.org/",
    ALLOWED_ORIGINS: "https://a.example, http://b.example:81",
  });
  expect(config.origins).toEqual(["https://a.example", "http://b.example:81", "https://chat.example.org"]);
});

test(".env.example names every variable that is read, and no other", () => {
  const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
  const documented = new Set([...example.matchAll(/^(?:# )?([A-Z_0-9]+)=/gm)].map(([, name]) => name));
  const source = readFileSync(new URL("./config.ts", import.meta.url), "utf8");
  const own = [...source.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
  const read = new Set([
    ...own,
    ...clusterVariables,
    ...languageModelVariables,
    ...botVariables,
    ...webhookVariables,
    ...postgresVariables,
  ]);
  expect([...documented].sort()).toEqual([...read].sort());
});
