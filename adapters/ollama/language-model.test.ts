/** The model behind Ollama's API against a server that fails as told. What a true one does is in tests/services/. */
import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import type { ModelState, Question } from "#domain/ports/language-model.ts";
import { createOllamaModel } from "./language-model.ts";

type Answer = (body: Record<string, unknown>, signal: AbortSignal) => Response | Promise<Response>;
type Lines = (put: (line: object) => void, signal: AbortSignal) => Promise<void>;

const silence = { firstPieceMs: 150, nextPieceMs: 100 };
const json = (body: object, status = 200) => Response.json(body, { status });
const word = (content: string) => ({ message: { role: "assistant", content }, done: false });
const end = { message: { role: "assistant", content: "" }, done: true, prompt_eval_count: 40 };

function lines(write: Lines, signal: AbortSignal): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      await write((line) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`)), signal).catch(
        () => undefined,
      );
      if (!signal.aborted) controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/x-ndjson" } });
}

function world(chat: Answer, more: Readonly<Record<string, Answer>> = {}, mayFetch = true) {
  const asked: { path: string; body: Record<string, unknown> }[] = [];
  const reports: unknown[] = [];
  const routes: Readonly<Record<string, Answer>> = {
    "/api/version": () => json({ version: "0.24.0" }),
    "/api/show": () => json({ details: { parameter_size: "134.52M" }, model_info: { "llama.context_length": 8192 } }),
    "/api/chat": (body, signal) =>
      (body.messages as unknown[]).length === 0 ? json({ ...end, done_reason: "load" }) : chat(body, signal),
    ...more,
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const body = request.method === "POST" ? ((await request.json()) as Record<string, unknown>) : {};
      asked.push({ path, body });
      return (await routes[path]?.(body, request.signal)) ?? json({ error: "not found" }, 404);
    },
  });
  const model = createOllamaModel({
    where: async () => server.url.href,
    model: "small:1",
    contextTokens: 2048,
    slots: 1,
    silence,
    keepMs: 60_000,
    mayFetch,
    report: (what) => reports.push(what),
  });
  return {
    model,
    asked,
    reports,
    stop: () => server.stop(true),
    [Symbol.asyncDispose]: async () => {
      await model.close();
      await server.stop(true);
    },
  };
}

const question = (signal = new AbortController().signal): Question => ({
  messages: [{ role: "user", text: "What is a log?" }],
  maxTokens: 50,
  signal,
});

async function outcome(pieces: AsyncIterable<string>): Promise<{ text: string; error: unknown }> {
  let text = "";
  try {
    for await (const piece of pieces) text += piece;
    return { text, error: undefined };
  } catch (error) {
    return { text, error };
  }
}

const never = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

test("it is ready after it was loaded, says what it is, and asks with the same settings every time", async () => {
  await using at = world((_, signal) => lines(async (put) => [word("a"), word("b"), end].forEach(put), signal));
  await at.model.prepare();
  expect(at.model.state()).toEqual({ type: "ready", model: "small:1", toy: true, contextTokens: 2048, slots: 1 });
  expect(await outcome(at.model.answer(question()))).toEqual({ text: "ab", error: undefined });
  const chats = at.asked.filter(({ path }) => path === "/api/chat").map(({ body }) => body);
  expect(chats).toHaveLength(2);
  for (const chat of chats) expect(chat).toMatchObject({ model: "small:1", keep_alive: 60 });
  expect(chats.map((chat) => (chat.options as { num_ctx: number }).num_ctx)).toEqual([2048, 2048]);
  expect(chats[1]).toMatchObject({ options: { num_predict: 50 }, messages: [{ role: "user" }] });
});

const putThenSilence =
  (line: object): Lines =>
  (put, signal) => {
    put(line);
    return never(signal);
  };

const faults: Readonly<Record<string, { chat: Answer; text: string; sentence: string }>> = {
  "silent from the start": {
    chat: (_, signal) => never(signal).then(() => new Response()),
    text: "",
    sentence: "did not begin to answer in time",
  },
  "headers, then silence": {
    chat: (_, signal) => lines(() => never(signal), signal),
    text: "",
    sentence: "did not begin to answer in time",
  },
  "frozen in the middle": {
    chat: (_, signal) => lines(putThenSilence(word("half ")), signal),
    text: "half ",
    sentence: "stopped in the middle",
  },
  "ended without being done": {
    chat: (_, signal) => lines(async (put) => put(word("half ")), signal),
    text: "half ",
    sentence: "went away",
  },
  "an error in the middle": {
    chat: (_, signal) => lines(async (put) => [word("half "), { error: "unexpected EOF" }].forEach(put), signal),
    text: "half ",
    sentence: "reported an error",
  },
  "HTTP 500": { chat: () => json({ error: "cuda" }, 500), text: "", sentence: "reported an error" },
  "HTTP 503": { chat: () => json({ error: "busy" }, 503), text: "", sentence: "too many questions" },
  "model deleted": { chat: () => json({ error: "model not found" }, 404), text: "", sentence: "is fetched anew" },
};

test.each(Object.keys(faults))("%s: what came is good, then one sentence", async (name) => {
  const { chat, text, sentence } = faults[name]!;
  await using at = world(chat);
  await at.model.prepare();
  const got = await outcome(at.model.answer(question()));
  expect(got.text).toBe(text);
  expect(isChatError(got.error, "unavailable")).toBe(true);
  expect(String(got.error)).toContain(sentence);
  expect(at.model.state()).toMatchObject({ type: "unavailable", sentence: expect.stringContaining(sentence) });
  expect(at.reports).toEqual(["language model"]);
  await at.model.prepare();
  expect(at.model.state().type).toBe("ready");
});

test("a slow listener is not taken for a frozen model", async () => {
  await using at = world((_, signal) => lines(async (put) => [word("a"), word("b"), end].forEach(put), signal));
  await at.model.prepare();
  let text = "";
  for await (const piece of at.model.answer(question())) {
    text += piece;
    await Bun.sleep(silence.nextPieceMs + 50);
  }
  expect(text).toBe("ab");
});

test.each([0, 1])("a signal after %i pieces reaches the server", async (pieces) => {
  const freed = Promise.withResolvers<void>();
  const stop = new AbortController();
  await using at = world((_, signal) => {
    signal.addEventListener("abort", () => freed.resolve());
    if (pieces === 0) queueMicrotask(() => stop.abort());
    return lines(pieces > 0 ? putThenSilence(word("a")) : () => never(signal), signal);
  });
  await at.model.prepare();
  const asking = outcome(
    (async function* () {
      for await (const piece of at.model.answer(question(stop.signal))) {
        stop.abort();
        yield piece;
      }
    })(),
  );
  expect(String((await asking).error)).toContain("AbortError");
  await freed.promise;
  expect(at.model.state().type).toBe("ready");
});

test("a missing model is fetched, and how far it is is told", async () => {
  let there = false;
  const seen: ModelState[] = [];
  await using at = world(() => json({}), {
    "/api/show": () => (there ? json({ details: { parameter_size: "1.5B" } }) : json({ error: "not found" }, 404)),
    "/api/pull": (_, signal) =>
      lines(async (put) => {
        put({ status: "pulling manifest" });
        for (const completed of [0, 50, 100])
          put({ status: "pulling abc", digest: "sha256:abc", total: 100, completed });
        there = true;
        put({ status: "success" });
      }, signal),
  });
  await at.model.prepare((state) => seen.push(state));
  expect(seen.map((state) => (state.type === "fetching" ? state.part : state.type))).toEqual([
    0,
    0,
    0,
    0.5,
    1,
    1,
    "ready",
  ]);
  expect(at.model.state()).toMatchObject({ type: "ready", toy: false });
});

test("what can't be fetched is said with the server's reason, and tried again the next time", async () => {
  await using at = world(() => json({}), {
    "/api/show": () => json({ error: "not found" }, 404),
    "/api/pull": (_, signal) => lines(async (put) => put({ error: "no such host" }), signal),
  });
  for (let time = 1; time <= 2; time++) {
    const failure = await at.model.prepare().then(String, String);
    expect(failure).toContain("The model small:1 can't be fetched: no such host");
    expect(at.asked.filter(({ path }) => path === "/api/pull")).toHaveLength(time);
  }
});

test("nobody there is said at once", async () => {
  const at = world(() => json({}));
  at.stop();
  expect(await at.model.prepare().then(String, String)).toContain("can't be reached");
  expect(at.model.state().type).toBe("unavailable");
});

test("the estimate of tokens follows what the server counts", async () => {
  const counted = { ...end, prompt_eval_count: 2_000 };
  await using at = world((_, signal) => lines(async (put) => [word("a"), counted].forEach(put), signal));
  await at.model.prepare();
  const text = "ዓለም ".repeat(150);
  const before = at.model.estimateTokens(text);
  await outcome(at.model.answer({ ...question(), messages: [{ role: "user", text }] }));
  expect(at.model.estimateTokens(text)).toBeGreaterThan(1.5 * before);
  expect(at.model.estimateTokens(text)).toBeLessThanOrEqual(3 * before);
});

const thinking = {
  "/api/show": () =>
    json({ details: { parameter_size: "1.7B" }, model_info: {}, capabilities: ["completion", "thinking"] }),
};

test("one that can think is asked not to, and others are not bothered", async () => {
  for (const [more, think] of [
    [thinking, false],
    [{}, undefined],
  ] as const) {
    await using at = world((_, signal) => lines(async (put) => [word("a"), end].forEach(put), signal), more);
    await at.model.prepare();
    await outcome(at.model.answer(question()));
    expect(at.asked.at(-1)?.body.think).toBe(think);
  }
});

test("thoughts are no part of the answer, keep it from counting as silent, and are told of; so is an end by length", async () => {
  const thought = { message: { role: "assistant", content: "", thinking: "hmm" }, done: false };
  await using at = world((_, signal) =>
    lines(async (put) => {
      for (let n = 0; n < 4; n++) {
        put(thought);
        await Bun.sleep(silence.firstPieceMs / 2);
      }
      [word("a"), { ...end, done_reason: "length" }].forEach(put);
    }, signal),
  );
  await at.model.prepare();
  const pieces = at.model.answer(question());
  expect(await pieces.next()).toEqual({ done: false, value: "a" });
  expect(await pieces.next()).toEqual({ done: true, value: { cut: true, thought: true } });
});

test("a model that is missing is not downloaded where that is turned off", async () => {
  await using at = world(() => json(end), { "/api/show": () => json({ error: "not found" }, 404) }, false);
  expect(String(await at.model.prepare().catch((error: unknown) => error))).toContain("LLM_FETCH=never");
  expect(at.asked.map(({ path }) => path)).not.toContain("/api/pull");
});
