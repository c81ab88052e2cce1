/**
 * The language model behind Ollama's API: asks whether the model is there, has it fetched and loaded, and passes answers on.
 * Whose server it is (a real Ollama, or our own that is embedded) makes no difference here but for the name "auto".
 */
import { ChatError, unavailable } from "#domain/errors.ts";
import type { LanguageModel, ModelState, OpenLanguageModel } from "#domain/ports/language-model.ts";
import { ask, type SilenceLimits } from "./ask.ts";
import { type About, clientOf, load, pull, show } from "./server.ts";
import { createTokenEstimate } from "./token-estimate.ts";
import { asUnavailable } from "./trouble.ts";

export interface OllamaModelOptions {
  /** Where the server is; asked before every use, since it may have to be started first, or have moved. */
  readonly where: () => Promise<string>;
  /** As Ollama calls it. `auto` is the one that an embedded server chose, or the default of a real one. */
  readonly model: string;
  readonly contextTokens: number;
  readonly slots: number;
  /** Processor threads; undefined leaves it to the server. */
  readonly threads?: number;
  readonly silence: SilenceLimits;
  /** Whether a model that the server lacks may be downloaded. Default: it may. */
  readonly mayFetch?: boolean;
  /** The server forgets a model that nobody asked for this long. */
  readonly keepMs: number;
  /** Something failed; for the log. */
  readonly report: (what: string, detail: unknown) => void;
}

/** What `auto` means where nobody chose: answers well, and fits into 2 GB. */
export const defaultOllamaModel = "qwen2.5:1.5b";
const notFetched =
  "There is no language model here yet, and this server doesn't download one by itself (LLM_FETCH=never). Its operator can add one.";
/** A model that was seen so lately is not looked for again. */
const believedForMs = 5_000;
/** Smaller ones speak fluently and know nothing. */
const toyBelowParameters = 800_000_000;

export function createOllamaModel(options: OllamaModelOptions): OpenLanguageModel {
  const closed = new AbortController();
  const estimate = createTokenEstimate();
  const listeners = new Set<(state: ModelState) => void>();
  let state: ModelState = { type: "asleep", model: options.model };
  let name = options.model;
  let loaded = false;
  let thinks = false;
  let seenAt = Number.NEGATIVE_INFINITY;
  let preparing: Promise<void> | undefined;

  const become = (next: ModelState) => {
    state = next;
    for (const tell of listeners) tell(next);
  };
  const fail = (error: unknown): ChatError => {
    const failure = asUnavailable(error, state.type === "off" ? name : state.model);
    options.report("language model", failure.cause ?? failure);
    loaded = false;
    seenAt = Number.NEGATIVE_INFINITY;
    become({ type: "unavailable", model: shownName(), sentence: failure.message });
    return failure;
  };
  const shownName = () => (state.type === "off" ? name : state.model);
  const modelOptions = () => ({
    num_ctx: options.contextTokens,
    ...(options.threads === undefined ? {} : { num_thread: options.threads }),
  });

  async function makeReady(): Promise<void> {
    try {
      const client = clientOf(await options.where(), closed.signal);
      name = await nameAt(client, options.model);
      let about = await show(client, name);
      if (about === undefined) {
        if (options.mayFetch === false) throw unavailable(notFetched);
        become({ type: "fetching", model: shownName(), part: 0 });
        await pull(client, name, ({ model = shownName(), ...progress }) =>
          become({ type: "fetching", model, ...progress }),
        );
        about = await show(client, name);
        if (about === undefined) throw new Error(`${name} was fetched and is not there.`);
        loaded = false;
      }
      if (!loaded) {
        become({ type: "fetching", model: about.model, part: 1 });
        await load(client, { model: name, options: modelOptions(), keep_alive: seconds(options.keepMs) });
        loaded = true;
      }
      seenAt = performance.now();
      thinks = about.thinks;
      become(readyState(about, options));
    } catch (error) {
      throw fail(error);
    } finally {
      preparing = undefined;
      listeners.clear();
    }
  }

  const prepare: LanguageModel["prepare"] = async (onProgress) => {
    if (closed.signal.aborted) throw unavailable("The language model was closed.");
    if (state.type === "ready" && performance.now() - seenAt < believedForMs) return;
    if (onProgress) {
      listeners.add(onProgress);
      if (preparing !== undefined) onProgress(state);
    }
    preparing ??= makeReady();
    await preparing;
  };

  const answer: LanguageModel["answer"] = async function* ({ messages, maxTokens, signal }) {
    signal.throwIfAborted();
    if (closed.signal.aborted || state.type !== "ready")
      throw unavailable("The language model is not ready. Please ask again in a moment.");
    const promptTokens = estimate.ofMessages(messages);
    if (promptTokens + maxTokens > state.contextTokens)
      throw new ChatError(
        "too-large",
        `The language model reads ${state.contextTokens} tokens at once, and this would be about ${promptTokens + maxTokens}.`,
      );
    try {
      const request = {
        model: name,
        messages: messages.map(({ role, text }) => ({ role, content: text })),
        options: { ...modelOptions(), num_predict: maxTokens },
        keep_alive: seconds(options.keepMs),
        ...(thinks ? { think: false } : {}),
      };
      const ending = yield* ask(await options.where(), request, options.silence, [signal, closed.signal]);
      seenAt = performance.now();
      if (ending.promptTokens !== undefined) estimate.learn(messages, ending.promptTokens);
      return { cut: ending.cut, thought: ending.thought };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (closed.signal.aborted) throw unavailable("The language model was closed.");
      throw fail(error);
    }
  };

  return {
    state: () => state,
    prepare,
    answer,
    estimateTokens: estimate.ofText,
    close: async () => closed.abort(unavailable("The language model was closed.")),
  };
}

/** The name that a server knows the model by. */
export async function nameAt(client: ReturnType<typeof clientOf>, wanted: string): Promise<string> {
  if (wanted !== "auto") return wanted;
  const { version } = await client.version();
  return version.endsWith("-embedded") ? "auto" : defaultOllamaModel;
}

function readyState(about: About, { contextTokens, slots }: OllamaModelOptions): ModelState {
  return {
    type: "ready",
    model: about.model,
    toy: (about.parameters ?? Number.POSITIVE_INFINITY) < toyBelowParameters,
    contextTokens: Math.min(contextTokens, about.contextTokens ?? contextTokens),
    slots,
  };
}

/** Ollama takes a number as seconds. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}
