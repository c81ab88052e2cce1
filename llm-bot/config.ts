/** The bots and the bounds of their answers, from the environment. All problems at once. */
import { type SettingsReader, settingsReader } from "#domain/config-error.ts";
import { parseUserName, systemName } from "#domain/user.ts";
import { defaultSystemPrompt } from "./prompt.ts";
import type { AnswerLimits } from "./write.ts";

export interface BotSettings extends AnswerLimits {
  readonly bots: readonly { readonly name: string; readonly system: string }[];
}

/** Every variable that is read here, for the test that keeps .env.example complete. */
export const botVariables = [
  "LLM_SYSTEM_PROMPT",
  "LLM_ANSWER_TOKENS",
  "LLM_PROMPT_TOKENS",
  "LLM_ANSWER_SECONDS",
  "MORE_BOTS",
] as const;

type Variable = (typeof botVariables)[number];

const maxPromptCharacters = 4_000;
const maxBots = 20;

/** @throws ConfigError with a sentence for each variable that is wrong */
export function readBotSettings(env: Readonly<Record<string, string | undefined>>): BotSettings {
  const { text, whole, complain, check } = settingsReader<Variable>(env);
  const system = text("LLM_SYSTEM_PROMPT") ?? defaultSystemPrompt;
  if (system.length > maxPromptCharacters)
    complain("LLM_SYSTEM_PROMPT", `has at most ${maxPromptCharacters} characters`);
  const settings: BotSettings = {
    bots: [{ name: systemName, system }, ...moreBots(text("MORE_BOTS"), complain)],
    answerTokens: whole("LLM_ANSWER_TOKENS", 384, 16, 4_096),
    promptTokens: whole("LLM_PROMPT_TOKENS", 640, 128, 65_536),
    answerMs: 1_000 * whole("LLM_ANSWER_SECONDS", 180, 5, 3_600),
  };
  check();
  return settings;
}

/** `[{"name": "sage", "prompt": "You are {name} …"}]` */
function moreBots(json: string | undefined, complain: SettingsReader<Variable>["complain"]): BotSettings["bots"] {
  if (json === undefined) return [];
  try {
    const list: unknown = JSON.parse(json);
    if (!Array.isArray(list) || list.length > maxBots) throw new Error(`it is no list of at most ${maxBots}`);
    return list.map(botOf);
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    complain("MORE_BOTS", `must be a list like [{"name": "sage", "prompt": "You are {name}."}]: ${why}`);
    return [];
  }
}

function botOf(raw: unknown): BotSettings["bots"][number] {
  const { name, prompt } = (raw ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof prompt !== "string") throw new Error("each has a name and a prompt");
  if (prompt.length > maxPromptCharacters) throw new Error(`a prompt has at most ${maxPromptCharacters} characters`);
  return { name: parseUserName(name), system: prompt };
}
