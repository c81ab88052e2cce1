/** The language model of `npm run cluster`: there at once with nothing fetched, and again at its port after kill -9. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLanguageModel } from "../../scripts/cluster/ollama.ts";
import { until } from "../support/wait.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "superchat-cluster-model-"));
  await mkdir(join(dir, "logs"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const open = (env: Record<string, string>) => openLanguageModel(dir, { ...env, PATH: process.env.PATH });

test("it listens before anything is fetched, and is told to the bots", async () => {
  // A source makes it the embedded one also where an Ollama is installed. Nobody asks it for the model.
  const source = { LLM_MODEL_URL: "http://127.0.0.1:9/model.gguf", LLM_MODEL_SHA256: "0".repeat(64) };
  const [opened, ...others] = await open(source);
  const { member, env } = opened!;
  try {
    expect(others).toEqual([]);
    expect(member).toMatchObject({ name: "ollama", role: "ollama" });
    expect(env).toEqual({ OLLAMA_URL: `http://127.0.0.1:${member.port}` });
    const models = async () => await (await fetch(`${env.OLLAMA_URL}/api/tags`)).json();
    expect(await models()).toEqual({ models: [] });
    const killed = member.pid() ?? 0;
    process.kill(killed, "SIGKILL");
    await until(() => member.pid() === undefined, { what: "the killed one to be missed" });
    await member.start();
    expect(member.pid()).not.toBe(killed);
    expect(await models()).toEqual({ models: [] });
  } finally {
    await member.stop();
  }
});

test("none is started where one is named, or none is wanted", async () => {
  expect(await open({ OLLAMA_URL: "http://127.0.0.1:9" })).toEqual([]);
  expect(await open({ LLM_MODEL: "none" })).toEqual([]);
});
