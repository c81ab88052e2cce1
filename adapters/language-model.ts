/** The bot's language model as the settings want it: an Ollama that is there, our own embedded one, or none. */
import { join } from "node:path";
import { createEmbeddedServer } from "#adapters/embedded-model/server-process.ts";
import { createOllamaModel } from "#adapters/ollama/language-model.ts";
import { unavailable } from "#domain/errors.ts";
import type { OpenLanguageModel } from "#domain/ports/language-model.ts";
import { defaultThreads, type LanguageModelSettings } from "./language-model-settings.ts";
import { announcementOf } from "./model-announcement.ts";

export interface LanguageModelOptions {
  /** Engine and models are kept in a folder of it. */
  readonly dataDir: string;
  /** Something failed, died or was restarted: for the log. */
  readonly report: (what: string, detail: unknown) => void;
  /** Hears once, soon after the start, what the first question would download. */
  readonly announce?: (sentence: string) => void;
  /** Where an Ollama of this machine would be. */
  readonly localOllamaUrl?: string;
}

const usualOllamaUrl = "http://127.0.0.1:11434";
/** On loopback an Ollama that works answers in a millisecond. */
const probeMs = 500;

/** Starts nothing before it is asked for, unless the settings want it at the start. */
export function openLanguageModel(settings: LanguageModelSettings, options: LanguageModelOptions): OpenLanguageModel {
  const { model, threads } = settings;
  if (model === undefined) return createNoModel();
  const folder = settings.folder ?? modelFolder(options.dataDir);
  const embedded = createEmbeddedServer({
    settings: {
      folder,
      model,
      source: settings.source,
      contextTokens: settings.contextTokens,
      threads: threads ?? defaultThreads(),
      endsWhenIdle: true,
    },
    report: options.report,
  });
  const findOllama = ollamaFinder(settings, options.localOllamaUrl ?? usualOllamaUrl);
  const opened = createOllamaModel({
    where: async () => (embedded.pid() === undefined && (await findOllama())) || (await embedded.where()),
    mayFetch: settings.fetch !== "never",
    model,
    contextTokens: settings.contextTokens,
    slots: settings.slots,
    ...(threads === undefined ? {} : { threads }),
    silence: { firstPieceMs: settings.firstPieceMs, nextPieceMs: settings.nextPieceMs },
    keepMs: settings.keepMs,
    report: options.report,
  });
  // Its failure is reported, and the first question tries again.
  if (settings.fetch === "start") opened.prepare().catch(() => undefined);
  if (settings.fetch === "ask" && options.announce) void announce(options.announce);
  // A server that can't be asked now is asked with the first question, and then says what is wrong.
  async function announce(tell: (sentence: string) => void): Promise<void> {
    const ollamaUrl = await findOllama();
    const sentence = await announcementOf(settings, { ollamaUrl, folder }).catch(() => undefined);
    if (sentence !== undefined) tell(sentence);
  }

  return {
    ...opened,
    async close() {
      await opened.close();
      await embedded.close();
    },
  };
}

/** What other processes of this folder fetched is used too. */
export function modelFolder(dataDir: string): string {
  return join(dataDir, "language-model");
}

/** A file or an address of the operator's is for the embedded server. An Ollama that is found and goes away is looked for again. */
function ollamaFinder(
  { ollamaUrl, model = "", source }: LanguageModelSettings,
  localUrl: string,
): () => Promise<string | undefined> {
  if (ollamaUrl !== undefined) return async () => ollamaUrl;
  const wantsEmbedded = source !== undefined || model.endsWith(".gguf");
  return async () => (!wantsEmbedded && (await answers(localUrl)) ? localUrl : undefined);
}

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/api/version`, { signal: AbortSignal.timeout(probeMs) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function createNoModel(): OpenLanguageModel {
  const off = () => unavailable("This community has no language model: the operator turned it off.");
  return {
    state: () => ({ type: "off" }),
    prepare: async () => {
      throw off();
    },
    // biome-ignore lint/correctness/useYield: it never has anything to say
    async *answer() {
      throw off();
    },
    estimateTokens: (text) => text.length,
    close: async () => undefined,
  };
}
