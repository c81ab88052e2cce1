/**
 * One answer from Ollama's API as pieces of text. However it ends, the server is told to stop: its client library would let it
 * write on after a `break`, and can't cancel before the first piece, so every request has a client and a signal of its own.
 */
import { type ChatRequest, Ollama } from "ollama";
import type { AnswerEnd } from "#domain/ports/language-model.ts";

/** How long the server may keep silent before it counts as frozen. */
export interface SilenceLimits {
  /** Until the first piece: it may have to load the model, finish another answer, and read the question. */
  readonly firstPieceMs: number;
  readonly nextPieceMs: number;
}

export interface Ending extends AnswerEnd {
  /** Of the whole question, as the server counted them. */
  readonly promptTokens: number | undefined;
}

/** The server kept silent for too long. */
export class SilentError extends Error {
  override readonly name = "SilentError";
  constructor(readonly before: "first" | "next") {
    super(before === "first" ? "no first piece in time" : "no next piece in time");
  }
}

/** @throws what the first signal that fired was given, SilentError, or what the client library throws */
export async function* ask(
  url: string,
  request: Omit<ChatRequest, "stream">,
  silence: SilenceLimits,
  signals: readonly AbortSignal[],
): AsyncGenerator<string, Ending> {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, ...signals]);
  const client = new Ollama({ host: url, fetch: fetchUntil(() => signal) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Only the server's time counts, not that of whoever takes the pieces. */
  const within = async <T>(ms: number, before: "first" | "next", work: Promise<T>): Promise<T> => {
    timer = setTimeout(() => own.abort(new SilentError(before)), ms);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    signal.throwIfAborted();
    const stream = await within(silence.firstPieceMs, "first", client.chat({ ...request, stream: true }));
    const pieces = stream[Symbol.asyncIterator]();
    let first = true;
    let thought = false;
    for (;;) {
      const next = await within(
        first ? silence.firstPieceMs : silence.nextPieceMs,
        first ? "first" : "next",
        pieces.next(),
      );
      signal.throwIfAborted();
      if (next.done) throw new Error("The answer ended without being done.");
      const { message, done, done_reason, prompt_eval_count } = next.value;
      if (message.thinking) thought = true;
      if (message.content !== "") {
        first = false;
        yield message.content;
      }
      if (done) return { promptTokens: prompt_eval_count, cut: done_reason === "length", thought };
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    own.abort(new Error("The answer is over."));
  }
}

/** @param signalFor ends a request to this path, besides the library's own signal where it has one */
export function fetchUntil(signalFor: (path: string) => AbortSignal): typeof fetch {
  const bound = (input: RequestInfo | URL, init?: RequestInit) => {
    const signal = signalFor(new URL(input instanceof Request ? input.url : input).pathname);
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal });
  };
  return Object.assign(bound, { preconnect: fetch.preconnect });
}
