/** What a server of Ollama's API is asked besides answers: whether it has a model, to fetch one, to load it. */
import { type ChatRequest, Ollama } from "ollama";
import { fetchUntil } from "./ask.ts";

/** What the server knows about a model. */
export interface About {
  /** For people. An embedded server that chose says which one it was. */
  readonly model: string;
  readonly parameters: number | undefined;
  /** The most it was made for. */
  readonly contextTokens: number | undefined;
  /** It reasons before it answers, and can be asked not to. */
  readonly thinks: boolean;
}

export interface PullProgress {
  readonly part: number;
  /** Of the whole download, as far as it is known. */
  readonly bytes: number;
  /** Which one it is, where the server chose. */
  readonly model: string | undefined;
}

/** A short question that is not answered within this means a frozen server. */
const checkMs = 5_000;
/** Reading gigabytes from a slow disk. */
const loadMs = 180_000;
/** The hub may be slow, but a server tells that it is still trying. */
const pullSilenceMs = 120_000;

export function clientOf(url: string, signal: AbortSignal): Ollama {
  const limits: Readonly<Record<string, number>> = { "/api/chat": loadMs };
  return new Ollama({
    host: url,
    fetch: fetchUntil((path) =>
      // A pull is watched by what it says.
      path === "/api/pull" ? signal : AbortSignal.any([signal, AbortSignal.timeout(limits[path] ?? checkMs)]),
    ),
  });
}

/** @returns undefined when the server does not have it */
export async function show(client: Ollama, model: string): Promise<About | undefined> {
  try {
    const { details, model_info, capabilities = [] } = await client.show({ model });
    const info = Object.entries(model_info ?? {});
    const context = info.find(([key]) => key.endsWith(".context_length"))?.[1];
    return {
      // Ollama itself says there which file a model was made of.
      model: model === "auto" ? details?.parent_model || model : model,
      parameters: parseParameters(details?.parameter_size),
      contextTokens: typeof context === "number" ? context : undefined,
      thinks: capabilities.includes("thinking"),
    };
  } catch (error) {
    if (error instanceof Error && "status_code" in error && error.status_code === 404) return undefined;
    throw error;
  }
}

/** The server has not got the model and could not get it. */
export class PullError extends Error {
  override readonly name = "PullError";
}

/**
 * Several files at a time; the sum is what is told.
 * @throws PullError
 */
export async function pull(client: Ollama, model: string, tell: (progress: PullProgress) => void): Promise<void> {
  try {
    const files = new Map<string, { total: number; completed: number }>();
    const stream = await client.pull({ model, stream: true });
    const lines = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await inTime(lines.next(), () => stream.abort());
      if (next.done) throw new Error("the server stopped fetching");
      const { status, digest, total, completed } = next.value;
      if (status === "success") return;
      if (digest !== undefined && total !== undefined) files.set(digest, { total, completed: completed ?? 0 });
      const sum = { total: 0, completed: 0 };
      for (const file of files.values()) {
        sum.total += file.total;
        sum.completed += file.completed;
      }
      const chosen = /^pulling ([a-z][\w.-]*:[\w.-]+)$/.exec(status)?.[1];
      const part = sum.total === 0 ? 0 : Math.min(1, sum.completed / sum.total);
      tell({ part, bytes: sum.total, model: chosen });
    }
  } catch (error) {
    throw new PullError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function inTime<T>(work: Promise<T>, giveUp: () => void): Promise<T> {
  const timer = setTimeout(giveUp, pullSilenceMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Without messages a chat only loads. */
export async function load(client: Ollama, request: Omit<ChatRequest, "stream" | "messages">): Promise<void> {
  await client.chat({ ...request, messages: [], stream: false });
}

const units: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** As in "134.52M" or "1.5B". */
function parseParameters(size: string | undefined): number | undefined {
  const [, digits, unit] = /^([\d.]+)\s*([KMBT])$/.exec(size ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit ?? ""] ?? 1);
}
