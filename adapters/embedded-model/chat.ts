/** A chat of Ollama's API on the resident model: in its turn, streamed line by line or as one answer, ended when nobody listens. */
import { type EngineMessage, PromptTooLongError } from "./engine.ts";
import type { Resident } from "./resident.ts";
import { keepMsOf, type optionsShape } from "./shapes.ts";
import type { Supply } from "./supply.ts";
import { createTurns } from "./turns.ts";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly EngineMessage[];
  readonly stream: boolean;
  readonly options: ReturnType<typeof optionsShape.parse>;
  readonly keep_alive?: string | number | undefined;
}

/** How a piece of text stands in a line; chat and generate differ only there. */
export type Wrap = (text: string) => object;

export interface Chat {
  /** @param gone the client has left */
  answer(request: ChatRequest, wrap: Wrap, gone: AbortSignal): Promise<Response>;
  /** Nobody has the turn or waits for it. */
  isIdle(): boolean;
}

interface ChatParts {
  readonly supply: Supply;
  readonly resident: Resident;
  readonly contextTokens: number;
  readonly threads: number;
}

/** More would wait for minutes. */
const mostWaiting = 8;
const defaultAnswerTokens = 256;
const defaultTemperature = 0.8;
const nanosecondsPerMs = 1e6;

export function createChat({ supply, resident, contextTokens, threads }: ChatParts): Chat {
  const turns = createTurns(mostWaiting);

  async function write(request: ChatRequest, signal: AbortSignal, onText: (text: string) => void): Promise<object> {
    const { options } = request;
    const stock = await supply.stock();
    if (stock === undefined) throw new Error(`model '${request.model}' not found`);
    const from = performance.now();
    try {
      const model = await resident.get({
        entry: stock.entry,
        file: stock.file,
        // Never more than there is memory for.
        contextTokens: Math.min(options.num_ctx ?? contextTokens, contextTokens),
        threads: options.num_thread ?? threads,
      });
      const loadMs = performance.now() - from;
      if (request.messages.length === 0) return { done: true, done_reason: "load" };
      let tokens = 0;
      const written = await model.write({
        messages: request.messages,
        maxTokens: answerTokens(options.num_predict),
        temperature: options.temperature ?? defaultTemperature,
        seed: options.seed,
        signal,
        onText(text) {
          tokens++;
          onText(text);
        },
      });
      const totalMs = performance.now() - from;
      return {
        done: true,
        done_reason: written.reason,
        total_duration: nanoseconds(totalMs),
        load_duration: nanoseconds(loadMs),
        prompt_eval_count: written.promptTokens,
        prompt_eval_duration: nanoseconds(written.readMs),
        eval_count: tokens,
        eval_duration: nanoseconds(totalMs - loadMs - written.readMs),
      };
    } finally {
      resident.keep(keepMsOf(request.keep_alive));
    }
  }

  return {
    isIdle: () => turns.count() === 0,
    async answer(request, wrap, gone) {
      const stop = new AbortController();
      const signal = AbortSignal.any([gone, stop.signal]);
      const turn = turns.take(signal);
      if (turn === undefined) return failure(503, "server busy, please try again.  maximum pending requests exceeded");
      const line = (body: object) => ({ model: request.model, created_at: new Date().toISOString(), ...body });
      const run = async (onText: (text: string) => void) => {
        using _ = await turn;
        return await write(request, signal, onText);
      };
      if (!request.stream) {
        let text = "";
        try {
          const end = await run((piece) => {
            text += piece;
          });
          return Response.json(line({ ...wrap(text), ...end }));
        } catch (error) {
          return failureOf(error);
        }
      }
      return await streamed(
        run,
        (body) => line(body),
        wrap,
        () => stop.abort(),
      );
    },
  };
}

type Run = (onText: (text: string) => void) => Promise<object>;

/** The status comes with the first line, so what fails before that fails as a status. */
async function streamed(run: Run, line: (body: object) => object, wrap: Wrap, stop: () => void): Promise<Response> {
  const begun = Promise.withResolvers<Response>();
  const encoder = new TextEncoder();
  let into: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      into = controller;
    },
    cancel() {
      // What the engine still says goes nowhere: the stream is closed.
      into = undefined;
      stop();
    },
  });
  const answer = () => new Response(body, { headers: { "Content-Type": "application/x-ndjson" } });
  let lines = 0;
  const put = (text: object) => {
    into?.enqueue(encoder.encode(`${JSON.stringify(text)}\n`));
    if (lines++ === 0) begun.resolve(answer());
  };
  run((text) => put(line({ ...wrap(text), done: false }))).then(
    (end) => {
      put(line({ ...wrap(""), ...end }));
      into?.close();
    },
    (error) => {
      if (lines === 0) return begun.resolve(failureOf(error));
      put({ error: String(error instanceof Error ? error.message : error) });
      into?.close();
    },
  );
  return await begun.promise;
}

function answerTokens(wanted: number | undefined): number {
  // Ollama's -1 and -2 are "no limit"; here there is always one.
  return wanted === undefined || wanted < 1 ? defaultAnswerTokens : wanted;
}

function nanoseconds(ms: number): number {
  return Math.max(0, Math.round(ms * nanosecondsPerMs));
}

function failureOf(error: unknown): Response {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PromptTooLongError) return failure(400, message);
  return failure(message.endsWith("not found") ? 404 : 500, message);
}

export function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
