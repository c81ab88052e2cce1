import { describe, expect, test } from "bun:test";
import { createLog, errorFields } from "./log.ts";
import { withoutSecrets } from "./without-secrets.ts";

const random = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF";
const secrets = [
  ["an incoming webhook's address", `"http://[/hooks/superchat_hook_${random}" cannot be parsed as a URL.`, random],
  ["the same, percent-encoded", `/hooks%2Fsuperchat%5Fhook%5F${random}`, random],
  ["a program's token", `authorization: Bearer superchat_${random}`, random],
  ["a key that signs webhooks", `whsec_${random}=`, random],
  ["an access token", `cookie: a=eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.${random}`, random],
  ["a refresh token", `01a1fdbf-d0c7-752d-bffe-31b60ea7537a.7.${random}`, random],
  ["a password of Postgres", `"postgres://chat:hunter2-hunter2@db:5432/x" cannot be parsed`, "hunter2"],
  ["one with an @ in it", "redis://:hunter2@hunter2@redis:6379", "hunter2"],
  ["a name alone, which may be a token", "https://hunter2@registry.example/model.gguf", "hunter2"],
  ["basic authorization", "Authorization: Basic aHVudGVyMjpodW50ZXIy", "aHVudGVy"],
  ["a token in a query", "GET /connection/websocket?token=hunter2&x=1", "hunter2"],
] as const;

describe("what is written down holds no secret:", () => {
  test.each(secrets)("%s", (_what, text, secret) => {
    expect(withoutSecrets(text)).not.toContain(secret);
    const lines: string[] = [];
    const error = new Error("asking failed", { cause: new TypeError(text) });
    createLog("debug", (line) => void lines.push(line)).error(text, { path: text, ...errorFields(error) });
    expect(lines.join("")).not.toContain(secret);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: "error" });
  });

  test.each([
    "http://localhost:8080/rooms/lobby?after=41",
    "see https://chat.example/@ana and mailto:ana@example.org",
    "session 01a1fdbf-d0c7-752d-bffe-31b60ea7537a of superchat",
    "Wrong password.",
    "at serve (listen.ts:67:16)",
  ])("and is otherwise as it was: %s", (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
