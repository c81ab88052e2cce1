/**
 * One model in memory that writes one answer at a time, on node-llama-cpp. It is imported from where it was installed, so what
 * is used of it is described here.
 */

export interface EngineMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Writing {
  readonly messages: readonly EngineMessage[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number | undefined;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

export interface Written {
  readonly promptTokens: number;
  /** When the first piece could be written. */
  readonly readMs: number;
  readonly reason: "stop" | "length";
}

export interface LoadedModel {
  /** @throws PromptTooLongError, or the signal's reason: within a second of it, also while it reads */
  write(writing: Writing): Promise<Written>;
  close(): Promise<void>;
}

export class PromptTooLongError extends Error {
  override readonly name = "PromptTooLongError";
}

export interface LoadOptions {
  /** The module of the installed engine. */
  readonly entry: string;
  readonly file: string;
  readonly contextTokens: number;
  readonly threads: number;
}

/** The engine reads a whole question before it looks at a signal, so it gets slices that take about this long. */
const sliceMs = 250;
const firstSliceTokens = 16;
const leastSliceTokens = 4;
const mostSliceTokens = 128;
/** As Ollama samples unless told otherwise. */
const sampling = { topK: 40, topP: 0.9 };

/** @throws what the engine throws when the file is no model or memory is short */
export async function loadModel({ entry, file, contextTokens, threads }: LoadOptions): Promise<LoadedModel> {
  const library = (await import(entry)) as Library;
  // Without "never" a missing binary would start a compiler.
  const llama = await library.getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: contextTokens, threads });
  const sequence = context.getSequence();
  // Found out once: each session would do so again, and hold up everything for a third of a second.
  const chatWrapper = library.resolveChatWrapper(model);
  let sliceTokens = firstSliceTokens;

  /** What the sequence knows from the question before is not read again. */
  async function read(tokens: readonly number[], signal: AbortSignal): Promise<void> {
    await sequence.adaptStateToTokens([...tokens], false);
    for (let at = sequence.nextTokenIndex; at < tokens.length; ) {
      signal.throwIfAborted();
      const slice = tokens.slice(at, at + sliceTokens);
      const from = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(slice);
      const fitting = Math.round((slice.length * sliceMs) / (performance.now() - from));
      sliceTokens = Math.min(mostSliceTokens, Math.max(leastSliceTokens, fitting));
      at += slice.length;
    }
  }

  return {
    async write({ messages, maxTokens, temperature, seed, signal, onText }) {
      const from = performance.now();
      const session = new library.LlamaChatSession({ contextSequence: sequence, chatWrapper });
      try {
        const last = messages.at(-1);
        if (last === undefined) throw new Error("There is no message to answer.");
        const before = messages.slice(0, -1).map(itemOf);
        const chatHistory = [...before, { type: "user", text: last.content }, { type: "model", response: [] }];
        const tokens = chatWrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer);
        const left = context.contextSize - tokens.length;
        if (left < 1)
          throw new PromptTooLongError(`the input has ${tokens.length} tokens, the context ${context.contextSize}`);
        // The last one is read with the first one written.
        await read(tokens.slice(0, -1), signal);
        signal.throwIfAborted();
        const readMs = performance.now() - from;
        session.setChatHistory(before);
        const { stopReason } = await session.promptWithMeta(last.content, {
          maxTokens: Math.min(maxTokens, left),
          temperature,
          ...sampling,
          ...(seed === undefined ? {} : { seed }),
          signal,
          onTextChunk: onText,
        });
        return { promptTokens: tokens.length, readMs, reason: stopReason === "maxTokens" ? "length" : "stop" };
      } finally {
        session.dispose({ disposeSequence: false });
      }
    },
    async close() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

function itemOf({ role, content }: EngineMessage): object {
  return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
}

interface Library {
  getLlama(options: object): Promise<Llama>;
  /** How the model wants a chat to be written. */
  resolveChatWrapper(model: Model): ChatWrapper;
  readonly LlamaChatSession: new (options: { contextSequence: Sequence; chatWrapper: ChatWrapper }) => Session;
}

interface Llama {
  loadModel(options: { modelPath: string }): Promise<Model>;
  dispose(): Promise<void>;
}

interface Model {
  readonly tokenizer: object;
  createContext(options: { contextSize: number; threads: number }): Promise<Context>;
  dispose(): Promise<void>;
}

interface Context {
  readonly contextSize: number;
  getSequence(): Sequence;
  dispose(): Promise<void>;
}

interface Sequence {
  readonly nextTokenIndex: number;
  adaptStateToTokens(tokens: number[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
}

interface ChatWrapper {
  generateContextState(state: { chatHistory: readonly object[] }): {
    readonly contextText: { tokenize(tokenizer: object): readonly number[] };
  };
}

interface Session {
  setChatHistory(items: readonly object[]): void;
  promptWithMeta(text: string, options: object): Promise<{ readonly stopReason: string }>;
  dispose(options: { disposeSequence: boolean }): void;
}
