/** Which language model answers, and how patient we are with it, from the environment. */
import { cpus } from "node:os";
import { settingsReader } from "#domain/config-error.ts";

export interface LanguageModelSettings {
  /** `auto`, a name as Ollama calls it, or the path of a GGUF file; undefined: none is wanted. */
  readonly model: string | undefined;
  /** An Ollama that the operator names; undefined: one on this machine, or the embedded one. */
  readonly ollamaUrl: string | undefined;
  /** Where the embedded model comes from, instead of the sources we know. */
  readonly source: { readonly url: string; readonly sha256: string } | undefined;
  /** Where the embedded engine and its models are kept; undefined: with the other data. */
  readonly folder: string | undefined;
  /** When a model that is missing may be downloaded: with the first question, at the start, or not at all. */
  readonly fetch: (typeof fetchTimes)[number];
  readonly contextTokens: number;
  readonly slots: number;
  readonly threads: number | undefined;
  readonly firstPieceMs: number;
  readonly nextPieceMs: number;
  readonly keepMs: number;
}

/** Every variable that is read here, for the test that keeps .env.example complete. */
export const languageModelVariables = [
  "LLM_MODEL",
  "OLLAMA_URL",
  "LLM_PORT",
  "LLM_MODEL_URL",
  "LLM_MODEL_SHA256",
  "LLM_FOLDER",
  "LLM_FETCH",
  "LLM_CONTEXT_TOKENS",
  "LLM_SLOTS",
  "LLM_THREADS",
  "LLM_FIRST_TOKEN_SECONDS",
  "LLM_NEXT_TOKEN_SECONDS",
  "LLM_KEEP_MINUTES",
] as const;

export const fetchTimes = ["ask", "start", "never"] as const;

type Variable = (typeof languageModelVariables)[number];

const modelName = /^[\w./:-]{1,300}$/;
const sha256 = /^[0-9a-f]{64}$/;

/** @throws ConfigError with a sentence for each variable that is wrong */
export function readLanguageModelSettings(env: Readonly<Record<string, string | undefined>>): LanguageModelSettings {
  const { text, whole, complain, check } = settingsReader<Variable>(env);
  const address = (name: Variable) => {
    const given = text(name);
    if (given === undefined) return undefined;
    if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
    complain(name, "must be an http or https address");
    return undefined;
  };

  const model = text("LLM_MODEL") ?? "auto";
  if (!modelName.test(model))
    complain(
      "LLM_MODEL",
      `must be a model's name, the path of a file, "auto" or "none", but is ${JSON.stringify(model)}`,
    );
  const fetchWhen = text("LLM_FETCH") ?? "ask";
  const fetch = fetchTimes.find((time) => time === fetchWhen);
  if (fetch === undefined)
    complain("LLM_FETCH", `must be "ask", "start" or "never", but is ${JSON.stringify(fetchWhen)}`);
  const sourceUrl = address("LLM_MODEL_URL");
  const sum = text("LLM_MODEL_SHA256")?.toLowerCase();
  if (sum !== undefined && !sha256.test(sum)) complain("LLM_MODEL_SHA256", "must have 64 hexadecimal digits");
  if ((sourceUrl === undefined) !== (sum === undefined))
    complain(sum === undefined ? "LLM_MODEL_SHA256" : "LLM_MODEL_URL", "is missing: the two belong together");
  const port = text("LLM_PORT") && `http://127.0.0.1:${whole("LLM_PORT", 11_434, 1, 65_535)}`;

  const settings: LanguageModelSettings = {
    model: model === "none" ? undefined : model,
    ollamaUrl: address("OLLAMA_URL") ?? port,
    source: sourceUrl !== undefined && sum !== undefined ? { url: sourceUrl, sha256: sum } : undefined,
    folder: text("LLM_FOLDER"),
    fetch: fetch ?? "never",
    contextTokens: whole("LLM_CONTEXT_TOKENS", 2_048, 512, 131_072),
    slots: whole("LLM_SLOTS", 1, 1, 64),
    threads: text("LLM_THREADS") === undefined ? undefined : whole("LLM_THREADS", 1, 1, 512),
    firstPieceMs: 1_000 * whole("LLM_FIRST_TOKEN_SECONDS", 60, 1, 3_600),
    nextPieceMs: 1_000 * whole("LLM_NEXT_TOKEN_SECONDS", 15, 1, 600),
    keepMs: 60_000 * whole("LLM_KEEP_MINUTES", 15, 1, 10_080),
  };
  check();
  return settings;
}

/** Half of the cores: threads that wait for one another on a busy machine are slower than one alone. */
export function defaultThreads(): number {
  return Math.max(1, Math.floor(cpus().length / 2));
}
