/**
 * From a room's recent messages to what the model reads. Names stand apart from texts, and no text can pass for another speaker or
 * for the system. Pure: what the room says comes in, messages for the model come out.
 */
import type { UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import type { ModelMessage } from "#domain/ports/language-model.ts";
import type { Author } from "#domain/user.ts";

export interface PromptInput {
  readonly bot: Author;
  /** The operator's words to the model. */
  readonly system: string;
  /** Oldest first; the last one is the question. All of one room. */
  readonly messages: readonly Message[];
  /** For everything together. */
  readonly maxTokens: number;
  readonly estimateTokens: (text: string) => number;
}

/** What a message costs besides its text: role and separators. */
const tokensPerMessage = 6;

export const defaultSystemPrompt =
  "You are {name}, a helpful member of a group chat. People's messages begin with their name and a colon. " +
  "Answer the last message, briefly and truthfully, in its language. Say so when you don't know.";

/**
 * The system's words, then as many of the newest messages as fit, then the question. The question alone is cut when it does not fit:
 * its end counts.
 */
export function promptOf({ bot, system, messages, maxTokens, estimateTokens }: PromptInput): readonly ModelMessage[] {
  const cost = (text: string) => estimateTokens(text) + tokensPerMessage;
  const opening: ModelMessage = { role: "system", text: system.replaceAll("{name}", bot.name) };
  const question = messages.at(-1);
  if (question === undefined) return [opening];
  let left = maxTokens - cost(opening.text);
  const room = left - cost(`${question.author.name}: `);
  const asked = spoken({ ...question, text: endOf(question.text, room, estimateTokens) }, bot.id);
  left -= cost(asked.text);
  const before: ModelMessage[] = [];
  for (const message of messages.slice(0, -1).toReversed()) {
    if (!counts(message)) continue;
    const said = spoken(message, bot.id);
    left -= cost(said.text);
    if (left < 0) break;
    before.unshift(said);
  }
  return [opening, ...before, asked];
}

/** What the bot says itself is in its own role, so it needs no name. */
function spoken({ author, text }: Message, bot: UserId): ModelMessage {
  if (author.id === bot) return { role: "assistant", text: harmless(text) };
  return { role: "user", text: `${author.name}: ${indented(harmless(text))}` };
}

function counts({ text, deleted, answer }: Message): boolean {
  return !deleted && text !== "" && (answer === undefined || answer.state === "complete" || answer.state === "stopped");
}

/** Only the first line of a message begins a line, so that no line in it can begin with somebody's name and a colon. */
function indented(text: string): string {
  return text.replace(/\r\n?|\n|\u2028|\u2029/g, "\n  ");
}

/** Words by which models tell who speaks; a server reads them in a text, too. */
const marks =
  /<(?=[|｜])|<(?=\/?(?:s|start_of_turn|end_of_turn|think|tool_call|im_start|im_end)>)|<(?=<\/?SYS>>)|\[(?=\/?INST\])/gi;

function harmless(text: string): string {
  return text.replace(marks, (mark) => `${mark} `);
}

/** As much of the end of a text as fits. */
function endOf(text: string, maxTokens: number, estimateTokens: (text: string) => number): string {
  let end = text;
  for (let tokens = estimateTokens(end); end !== "" && tokens > maxTokens; tokens = estimateTokens(end)) {
    const keep = Math.floor((end.length * Math.max(0, maxTokens)) / tokens);
    end = keep === 0 ? "" : end.slice(-Math.min(keep, end.length - 1));
  }
  return end.toWellFormed();
}
