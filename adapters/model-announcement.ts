/** What an operator should know at the start: that the first question to the bot would download gigabytes, and how to decide on that. */
import { createSupply, type Missing } from "#adapters/embedded-model/supply.ts";
import { nameAt } from "#adapters/ollama/language-model.ts";
import { clientOf, show } from "#adapters/ollama/server.ts";
import type { LanguageModelSettings } from "./language-model-settings.ts";

interface Places {
  /** An Ollama that would be asked; undefined: the embedded server would. */
  readonly ollamaUrl: string | undefined;
  /** Where the embedded server keeps its engine and models. */
  readonly folder: string;
}

/** The sentence for the log; undefined when nothing would be downloaded, or nobody knows. */
export async function announcementOf(
  settings: Pick<LanguageModelSettings, "model" | "source">,
  { ollamaUrl, folder }: Places,
): Promise<string | undefined> {
  const { model, source } = settings;
  if (model === undefined) return undefined;
  if (ollamaUrl !== undefined) {
    const client = clientOf(ollamaUrl, new AbortController().signal);
    const name = await nameAt(client, model);
    return (await show(client, name)) === undefined ? sentence(name, `with Ollama at ${ollamaUrl}`) : undefined;
  }
  const missing = await createSupply({ folder, model, source }).missing();
  return missing && sentence(described(missing), `into ${folder}`);
}

function sentence(what: string, where: string): string {
  return (
    `@superchat's language model is not here yet. The first question to @superchat downloads ${what} ${where}. ` +
    "LLM_FETCH=start downloads it now, LLM_FETCH=never not at all; OLLAMA_URL names a server that has one, LLM_MODEL=none turns the bot's model off."
  );
}

function described({ model, bytes }: Missing): string {
  return bytes === undefined ? model : `${model} (${(bytes / 1e9).toFixed(1)} GB)`;
}
