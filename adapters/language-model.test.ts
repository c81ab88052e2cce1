/** Whose model is used: the operator's Ollama, one of this machine, the embedded one, or none. What they answer is tested elsewhere. */
import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isChatError } from "#domain/errors.ts";
import { openLanguageModel } from "./language-model.ts";
import { readLanguageModelSettings } from "./language-model-settings.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Knows every model, and notes which were asked for. */
function ollama(version = "0.24.0", hasModels = true) {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path === "/api/version") return Response.json({ version });
      const { model } = (await request.json()) as { model: string };
      asked.push(`${path} ${model}`);
      if (!hasModels) return Response.json({ error: "not found" }, { status: 404 });
      if (path === "/api/show") return Response.json({ details: { parameter_size: "1.5B" }, model_info: {} });
      return Response.json({ message: { role: "assistant", content: "" }, done: true, done_reason: "load" });
    },
  });
  closing.push(() => server.stop(true));
  return { url: server.url.href.replace(/\/$/, ""), asked, stop: () => server.stop(true) };
}

async function open(
  env: Record<string, string>,
  localOllamaUrl = "http://127.0.0.1:9",
  announce?: (sentence: string) => void,
) {
  const dataDir = await mkdtemp(join(tmpdir(), "superchat-model-"));
  const settings = readLanguageModelSettings(env);
  const model = openLanguageModel(settings, {
    dataDir,
    report: () => undefined,
    localOllamaUrl,
    ...(announce && { announce }),
  });
  closing.push(
    () => rm(dataDir, { recursive: true, force: true }),
    () => model.close(),
  );
  return model;
}

test("none is off, and says so to who asks all the same", async () => {
  const model = await open({ LLM_MODEL: "none" });
  expect(model.state()).toEqual({ type: "off" });
  const failure = await model.prepare().catch((error: unknown) => error);
  expect(isChatError(failure, "unavailable")).toBe(true);
  expect(String(failure)).toContain("turned it off");
});

test("an Ollama that is named is used, and no other one when it is away", async () => {
  const [named, local] = [ollama(), ollama()];
  const model = await open({ OLLAMA_URL: named.url, LLM_MODEL: "mine:7b" }, local.url);
  await model.prepare();
  expect(model.state()).toMatchObject({ type: "ready", model: "mine:7b", toy: false });
  await named.stop();
  const other = await open({ OLLAMA_URL: named.url, LLM_MODEL: "mine:7b" }, local.url);
  expect(await other.prepare().then(String, String)).toContain("can't be reached");
  expect(local.asked).toEqual([]);
});

test("an Ollama of this machine is used when it answers, with a default of its own", async () => {
  const local = ollama();
  const model = await open({}, local.url);
  await model.prepare();
  expect(local.asked).toEqual(["/api/show qwen2.5:1.5b", "/api/chat qwen2.5:1.5b"]);
});

test("who is told to fetch at the start asks by itself", async () => {
  const local = ollama();
  const model = await open({ LLM_FETCH: "start" }, local.url);
  await model.prepare();
  expect(local.asked).toHaveLength(2);
});

test("where none answers, or a file is wanted, it is the embedded one", async () => {
  const missing = await open({ LLM_MODEL: "/nowhere/model.gguf" }, ollama().url);
  expect(await missing.prepare().then(String, String)).toContain(
    "can't be fetched: there is no file /nowhere/model.gguf",
  );
  const unknown = await open({ LLM_MODEL: "nope:1b" });
  expect(await unknown.prepare().then(String, String)).toContain("nope:1b is not a model that can be fetched here");
});

test("what the first question would download is announced at the start, and nothing is downloaded meanwhile", async () => {
  const announced = Promise.withResolvers<string>();
  const model = await open({ LLM_MODEL: "smollm2:135m" }, undefined, announced.resolve);
  expect(await announced.promise).toMatch(
    /The first question to @superchat downloads smollm2:135m \(0\.1 GB\) into .+LLM_FETCH=never/,
  );
  expect(model.state().type).toBe("asleep");
  const empty = ollama("0.24.0", false);
  const ofOllama = Promise.withResolvers<string>();
  await open({ OLLAMA_URL: empty.url }, undefined, ofOllama.resolve);
  expect(await ofOllama.promise).toContain(`downloads qwen2.5:1.5b with Ollama at ${empty.url}`);
  expect(empty.asked).toEqual(["/api/show qwen2.5:1.5b"]);
});

test.each([{ LLM_FETCH: "never" }, { LLM_MODEL: "none" }])("with %j nothing is announced", async (env) => {
  const empty = ollama("0.24.0", false);
  const model = await open(env, empty.url, (sentence) => expect(sentence).toBe("never said"));
  expect(String(await model.prepare().catch((error: unknown) => error))).toMatch(/LLM_FETCH=never|turned it off/);
  expect(empty.asked.filter((call) => call.includes("pull"))).toEqual([]);
});
