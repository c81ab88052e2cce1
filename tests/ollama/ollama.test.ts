/** The real Ollama with the same small model: the suites of the embedded server, and the faults that only it has. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isChatError } from "#domain/errors.ts";
import { createOllamaModel } from "../../adapters/ollama/language-model.ts";
import { type OllamaServer, startOllama } from "../../scripts/services/ollama.ts";
import { builtOllama } from "../../scripts/services/ollama-build.ts";
import { ensureSmallModel, smallModel } from "../../scripts/services/small-model.ts";
import { collect, failureOf, languageModelSuite, longQuestion } from "../contract/language-model.suite.ts";
import { modelServerSuite, type Silence } from "../contract/model-server.suite.ts";

const report = () => undefined;
const limitMs = 60_000;
/** The build may come first. */
const prepareWithinMs = 40 * 60_000;
let folder: string;
let file: string;
let server: OllamaServer;

beforeAll(async () => {
  const program = await builtOllama();
  ({ file } = await ensureSmallModel());
  folder = await mkdtemp(join(tmpdir(), "superchat-ollama-"));
  server = await startOllama({ program, folder });
  await server.create(smallModel, file);
}, prepareWithinMs);

afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const patient: Silence = { firstPieceMs: limitMs, nextPieceMs: 10_000 };

const openModel = (silence = patient) =>
  createOllamaModel({
    where: async () => server.url,
    model: smallModel,
    contextTokens: 2048,
    slots: 1,
    threads: 1,
    silence,
    keepMs: limitMs,
    report,
  });

const openWorld = async (silence = patient) => {
  const model = openModel(silence);
  return { model, close: model.close };
};

languageModelSuite("Ollama", () => openWorld());

modelServerSuite("Ollama", async (silence) => {
  let killed = Promise.resolve();
  return {
    ...(await openWorld(silence)),
    kill() {
      killed = server.kill();
    },
    freeze: server.freeze,
    async revive() {
      server.thaw();
      await killed;
      await server.start();
    },
  };
});

describe("Ollama itself", () => {
  test(
    "what it says of the model is understood",
    async () => {
      const model = openModel();
      await model.prepare();
      expect(model.state()).toEqual({ type: "ready", model: smallModel, toy: true, contextTokens: 2048, slots: 1 });
      // Its template is found: the counted question has both messages and what stands around them.
      await collect(model.answer({ ...longQuestion(), maxTokens: 4 }));
    },
    limitMs,
  );

  test(
    "it is down at the start, and back",
    async () => {
      await server.stop();
      const model = openModel();
      const failure = await failureOf(model.prepare());
      expect(isChatError(failure, "unavailable")).toBe(true);
      expect(String(failure)).toContain("can't be reached");
      await server.start();
      await model.prepare();
      expect(model.state().type).toBe("ready");
    },
    limitMs,
  );

  test(
    "its model is deleted while we believe in it",
    async () => {
      const model = openModel();
      await model.prepare();
      await fetch(`${server.url}/api/delete`, { method: "DELETE", body: JSON.stringify({ model: smallModel }) });
      const failure = await failureOf(collect(model.answer(longQuestion())));
      expect(String(failure)).toContain(`The model ${smallModel} is not there any more.`);
      // It is made again by hand here: where the tests run there is no hub to fetch it from.
      await server.create(smallModel, file);
      await model.prepare();
      expect((await collect(model.answer({ ...longQuestion(), maxTokens: 4 }))).length).toBeGreaterThan(0);
    },
    limitMs,
  );

  test(
    "a model that no hub has can't be fetched, and the reason is told",
    async () => {
      const model = createOllamaModel({
        where: async () => server.url,
        model: "superchat-has-no-such-model:1",
        contextTokens: 2048,
        slots: 1,
        silence: patient,
        keepMs: limitMs,
        report,
      });
      expect(String(await failureOf(model.prepare()))).toContain("can't be fetched: ");
    },
    limitMs,
  );
});
