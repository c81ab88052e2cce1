/** The embedded server with a real, small model: what every language model promises, and what only this server does. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Ollama } from "ollama";
import { createEmbeddedServer, type EmbeddedServer } from "../../adapters/embedded-model/server-process.ts";
import { createOllamaModel } from "../../adapters/ollama/language-model.ts";
import type { OpenLanguageModel, Question } from "../../domain/ports/language-model.ts";
import { ensureSmallModel, smallModel, smallModelFolder } from "../../scripts/services/small-model.ts";
import {
  collect,
  failureOf,
  firstPieceMs,
  freeWithinMs,
  languageModelSuite,
  longQuestion,
} from "../contract/language-model.suite.ts";
import { modelServerSuite, type Silence } from "../contract/model-server.suite.ts";
import { until } from "../support/wait.ts";

const report = () => undefined;
const limitMs = 60_000;
/** Where loading is in it. */
const patient = { firstPieceMs: limitMs, nextPieceMs: 10_000 };
const settings = {
  folder: smallModelFolder,
  model: smallModel,
  contextTokens: 2048,
  threads: 1,
  endsWhenIdle: false,
};

function openServer(more: Partial<typeof settings> = {}): EmbeddedServer {
  return createEmbeddedServer({
    settings: { ...settings, ...more },
    report,
    look: { everyMs: 300, withinMs: 1_000 },
  });
}

interface ModelSettings {
  readonly keepMs?: number;
  readonly silence?: Silence;
  readonly contextTokens?: number;
}

function modelOf({ where }: Pick<EmbeddedServer, "where">, more: ModelSettings = {}) {
  const own = { where, model: smallModel, contextTokens: 2048, slots: 1, silence: patient, keepMs: limitMs, report };
  return createOllamaModel({ ...own, ...more });
}

beforeAll(async () => void (await ensureSmallModel()), 10 * limitMs);

let shared: EmbeddedServer;
beforeAll(() => {
  shared = openServer();
});
afterAll(async () => await shared.close());

languageModelSuite("embedded", async () => {
  const model = modelOf(shared);
  return { model, close: model.close };
});

modelServerSuite("embedded", async (silence) => {
  const server = openServer();
  const model = modelOf(server, { silence });
  const signal = (name: NodeJS.Signals) => () => void process.kill(server.pid() ?? 0, name);
  return {
    model,
    kill: signal("SIGKILL"),
    freeze: signal("SIGSTOP"),
    // It is watched: a dead or frozen one is replaced when somebody asks.
    revive: async () => {
      await until(async () => (await fetch(await server.where(), { signal: AbortSignal.timeout(1_000) })).ok, {
        what: "the embedded model to be back",
        deadlineMs: 20_000,
      });
    },
    async close() {
      await model.close();
      await server.close();
    },
  };
});

describe("the embedded server", () => {
  const client = async () => new Ollama({ host: await shared.where() });
  const ask = (text: string, more: object = {}) => ({
    model: smallModel,
    messages: [{ role: "user", content: text }],
    options: { num_predict: 4, ...more },
  });

  test(
    "answers Ollama's client as Ollama does",
    async () => {
      const ollama = await client();
      expect((await ollama.version()).version).toEndWith("-embedded");
      expect((await ollama.list()).models.map(({ name }) => name)).toEqual([smallModel]);
      const chat = await ollama.chat({ ...ask("Say hello."), stream: false });
      expect(chat).toMatchObject({ done: true, done_reason: "length", message: { role: "assistant" } });
      expect(chat.prompt_eval_count).toBeGreaterThan(5);
      expect((await ollama.ps()).models).toHaveLength(1);
      const generated = await ollama.generate({ model: smallModel, prompt: "Say hello.", options: { num_predict: 4 } });
      expect(generated.response).not.toBe("");
      const statuses: string[] = [];
      for await (const { status } of await ollama.pull({ model: smallModel, stream: true })) statuses.push(status);
      expect(statuses.at(-1)).toBe("success");
    },
    limitMs,
  );

  test(
    "refuses in Ollama's words",
    async () => {
      const ollama = await client();
      const failing = (work: Promise<unknown>) => work.then(String, (error) => `${error.status_code} ${error.message}`);
      expect(await failing(ollama.show({ model: "nope" }))).toBe("404 model 'nope' not found");
      expect(await failing(ollama.chat({ model: "nope", messages: [] }))).toBe("404 model 'nope' not found");
      expect(await failing(ollama.chat(ask("long ".repeat(3_000))))).toStartWith("400 the input has ");
      const url = await shared.where();
      expect((await fetch(`${url}/api/chat`, { method: "POST", body: "{" })).status).toBe(400);
      for (const headers of [{ Origin: "https://example.org" }, { Host: "example.org" }])
        expect((await fetch(`${url}/api/tags`, { headers })).status).toBe(403);
      expect((await fetch(`${url}/api/delete`, { method: "DELETE" })).status).toBe(404);
    },
    limitMs,
  );

  test(
    "one writes, eight wait, the tenth is refused",
    async () => {
      const url = await shared.where();
      const body = JSON.stringify({ ...ask("Count."), stream: false });
      const post = async () => (await fetch(`${url}/api/chat`, { method: "POST", body })).status;
      const statuses = await Promise.all(Array.from({ length: 10 }, post));
      expect(statuses.toSorted()).toEqual([...Array(9).fill(200), 503]);
    },
    limitMs,
  );

  test(
    "a question that is given up while it is read frees the model within a second",
    async () => {
      const server = openServer({ contextTokens: longContextTokens });
      const model = modelOf(server, { contextTokens: longContextTokens });
      try {
        await model.prepare();
        const { mostMs, readMs, lines } = await longToRead(model);
        const stop = new AbortController();
        const asking = failureOf(collect(model.answer(question("ana", lines, stop.signal))));
        await Bun.sleep(readMs / 10);
        stop.abort();
        expect(await asking).toMatchObject({ name: "AbortError" });
        expect(await firstPieceMs(model)).toBeLessThan(mostMs);
      } finally {
        await model.close();
        await server.close();
      }
    },
    limitMs,
  );

  test(
    "leaves the memory when nobody asks, and is back with the next question",
    async () => {
      const server = openServer({ endsWhenIdle: true });
      try {
        const model = modelOf(server, { keepMs: 1_000 });
        await model.prepare();
        const { pid } = server;
        expect(pid()).toBeNumber();
        await until(() => pid() === undefined, { what: "the idle process to end" });
        expect(await firstPieceMs(model)).toBeGreaterThan(0);
        await model.close();
      } finally {
        await server.close();
      }
    },
    limitMs,
  );

  test(
    "ends with whoever started it, also by kill -9",
    async () => {
      const code = `
      import { createEmbeddedServer } from "./adapters/embedded-model/server-process.ts";
      const server = createEmbeddedServer({ settings: ${JSON.stringify(settings)}, report: () => undefined });
      await server.where();
      console.log(server.pid());
      await new Promise(() => undefined);`;
      const parent = Bun.spawn([process.execPath, "-e", code], { cwd: join(import.meta.dir, "../.."), stdout: "pipe" });
      const [chunk] = await Array.fromAsync(take(parent.stdout, 1));
      const pid = Number(new TextDecoder().decode(chunk));
      expect(existsSync(`/proc/${pid}`)).toBe(true);
      parent.kill("SIGKILL");
      await parent.exited;
      await until(() => !existsSync(`/proc/${pid}`), { what: "the embedded model to end" });
    },
    limitMs,
  );
});

const longContextTokens = 8192;

/** No two that begin with another word share what the model has read. */
function question(word: string, lines: number, signal?: AbortSignal): Question {
  const text = Array.from({ length: lines }, (_, line) => `${word} ${line}: the disk is full`).join("\n");
  return { ...longQuestion(signal), messages: [{ role: "user", text }], maxTokens: 1 };
}

/** Reading it takes twice of what a freed model may take to answer the next question (`mostMs`), however fast the machine is. */
async function longToRead(model: OpenLanguageModel): Promise<{ mostMs: number; readMs: number; lines: number }> {
  for (const lines of [50, 100, 200, 400]) {
    const from = performance.now();
    await collect(model.answer(question("eve", lines)));
    const readMs = performance.now() - from;
    // The next question is read from its beginning, too.
    const mostMs = freeWithinMs + 2 * (await firstPieceMs(model));
    if (readMs > 2 * mostMs) return { mostMs, readMs, lines };
  }
  throw new Error("This machine reads everything that fits within two seconds.");
}

async function* take<T>(stream: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count;
  for await (const each of stream) {
    yield each;
    if (--left === 0) return;
  }
}
