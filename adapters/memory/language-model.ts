/** A language model that says what a script says: for tests. Promises the same as a real one, but fetches and loads nothing. */
import { ChatError, unavailable } from "#domain/errors.ts";
import type { LanguageModel, ModelState, OpenLanguageModel, Question } from "#domain/ports/language-model.ts";

export interface ScriptedModelOptions {
  /** The pieces of an answer. What it throws is the model's failure; what it waits for is how slow the model is. */
  readonly script: (question: Question) => Iterable<string> | AsyncIterable<string>;
  /** How it becomes ready, and what it tells on the way. Default: it is at once. What it throws makes it unavailable. */
  readonly prepare?: (tell: (part: number) => void) => Promise<void>;
  readonly model?: string;
  readonly toy?: boolean;
  readonly contextTokens?: number;
  readonly slots?: number;
  /** It reasons before it answers; an empty piece of the script is a thought. */
  readonly thinks?: boolean;
  readonly limits?: AnswerLimits;
}

/** How long a model may keep silent before it counts as frozen. */
export interface AnswerLimits {
  readonly firstPieceMs: number;
  readonly nextPieceMs: number;
}

export interface ScriptedModel extends OpenLanguageModel {
  /** Answers that are being written now. */
  running(): number;
  /** Every question so far. */
  readonly asked: readonly Question[];
}

const charactersPerToken = 3;

export function createScriptedModel(options: ScriptedModelOptions): ScriptedModel {
  const { model = "scripted", toy = true, contextTokens = 2048, slots = 1 } = options;
  const limits = options.limits ?? { firstPieceMs: 30_000, nextPieceMs: 10_000 };
  const asked: Question[] = [];
  const closed = new AbortController();
  let running = 0;
  let state: ModelState = { type: "asleep", model };
  let preparing: Promise<void> | undefined;
  const told = new Set<(state: ModelState) => void>();

  const become = (next: ModelState) => {
    state = next;
    for (const tell of told) tell(next);
  };
  const makeReady = async () => {
    try {
      await options.prepare?.((part) => become({ type: "fetching", model, part }));
      become({ type: "ready", model, toy, contextTokens, slots });
    } catch (error) {
      const failure = asUnavailable(error);
      become({ type: "unavailable", model, sentence: failure.message });
      throw failure;
    } finally {
      preparing = undefined;
      told.clear();
    }
  };
  const prepare: LanguageModel["prepare"] = async (onProgress) => {
    if (state.type === "ready") return;
    if (onProgress) told.add(onProgress);
    preparing ??= makeReady();
    await preparing;
  };

  return {
    asked,
    running: () => running,
    state: () => state,
    prepare,
    estimateTokens,
    close: async () => closed.abort(unavailable("The model was closed.")),
    async *answer(question) {
      question.signal.throwIfAborted();
      const need = question.messages.reduce((sum, { text }) => sum + estimateTokens(text), question.maxTokens);
      if (need > contextTokens)
        throw new ChatError("too-large", `The model reads ${contextTokens} tokens at once; this is about ${need}.`);
      if (state.type !== "ready" || closed.signal.aborted) throw unavailable("The model is not ready.");
      asked.push(question);
      running++;
      const pieces = asyncIterator(options.script(question));
      try {
        for (let count = 0; count < question.maxTokens; count++) {
          const withinMs = count === 0 ? limits.firstPieceMs : limits.nextPieceMs;
          const next = await oneOf(pieces.next(), withinMs, [question.signal, closed.signal]);
          if (next.done) return { cut: false, thought: options.thinks ?? false };
          if (next.value !== "") yield next.value;
        }
        return { cut: true, thought: options.thinks ?? false };
      } catch (error) {
        question.signal.throwIfAborted();
        throw asUnavailable(error);
      } finally {
        running--;
        void Promise.resolve(pieces.return?.(undefined)).catch(() => {});
      }
    },
  };
}

function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

function asyncIterator<T>(source: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

/** @throws the reason of the first signal that fires, or that it took too long */
async function oneOf<T>(work: T | Promise<T>, withinMs: number, signals: readonly AbortSignal[]): Promise<T> {
  const signal = AbortSignal.any([...signals, AbortSignal.timeout(withinMs)]);
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const end = () => reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", end));
  });
}

function asUnavailable(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const late = error instanceof DOMException && error.name === "TimeoutError";
  return unavailable(late ? "The model took too long." : "The model failed.", error);
}
