/**
 * From a room's recent messages to what the model reads. Names stand apart from texts, and no text can pass for another speaker or
 * for the system. Pure: what the room says comes in, messages for the model come out.
 */
import type { UserId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import type { ModelMessage } from "#domain/ports/language-model.ts";
import { excerptOf } from "#domain/quote.ts";
import { shortened } from "#domain/text.ts";
import type { Author } from "#domain/user.ts";
import { withoutThoughts } from "./thoughts.ts";

export interface PromptInput {
  readonly bot: Author;
  /** The operator's words to the model. */
  readonly system: string;
  /** Oldest first; the last one is the question. All of one room. */
  readonly messages: readonly Message[];
  /** What the question answers, what that answers and so on: nearest first, of the same room. */
  readonly answered?: readonly Message[];
  /** For everything together. */
  readonly maxTokens: number;
  readonly estimateTokens: (text: string) => number;
}

/** Enough of a quote to know the message by. */
const quotedCharacters = 40;
const quotationMarks = /["“”„‟«»＂]/g;

/** What a message costs besides its text: role and separators. */
const tokensPerMessage = 6;

export const defaultSystemPrompt =
  "You are {name}, a helpful member of a group chat. People's messages begin with their name, in brackets what they answer, and a colon. " +
  "Answer the last message, briefly and truthfully, in its language. Say so when you don't know.";

/**
 * The system's words, then what the question answers, then as many of the newest messages as fit, in the room's order; then the
 * question. The question, and what it answers itself, are cut when they do not fit: their end counts.
 */
export function promptOf(input: PromptInput): readonly ModelMessage[] {
  const { bot, system, messages, answered = [], maxTokens, estimateTokens } = input;
  const cost = (text: string) => estimateTokens(text) + tokensPerMessage;
  const opening: ModelMessage = { role: "system", text: system.replaceAll("{name}", bot.name) };
  const question = messages.at(-1);
  if (question === undefined) return [opening];
  let left = maxTokens - cost(opening.text);
  const cutTo = (message: Message, tokens: number): Message => {
    const most = tokens - cost(headOf(message));
    return { ...message, text: endOf(message.text, most, estimateTokens) };
  };
  const asked = spoken(cutTo(question, left), bot.id);
  left -= cost(asked.text);

  const chosen = new Map<number, ModelMessage>();
  /** @returns false when there is no more room */
  function choose(message: Message): boolean {
    if (!counts(message) || chosen.has(message.offset)) return true;
    const said = spoken(message, bot.id);
    if (cost(said.text) > left) return false;
    left -= cost(said.text);
    chosen.set(message.offset, said);
    return true;
  }
  const [nearest, ...further] = answered;
  const chain = nearest === undefined ? [] : [fitting(nearest), ...further];
  for (const list of [chain, messages.slice(0, -1).toReversed()]) list.every(choose);
  const before = [...chosen].sort(([one], [other]) => one - other).map(([, said]) => said);
  return [opening, ...before, asked];

  /** What a question is about may take half of the room beside it, however long it is. */
  function fitting(message: Message): Message {
    return cost(spoken(message, bot.id).text) <= left ? message : cutTo(message, Math.floor(left / 2));
  }
}

/** What the bot says itself is in its own role, so it needs no name. */
function spoken(message: Message, bot: UserId): ModelMessage {
  if (message.author.id === bot) return { role: "assistant", text: harmless(withoutThoughts(message.text).text) };
  return { role: "user", text: `${headOf(message)}${indented(harmless(message.text))}` };
}

/**
 * Who speaks, and whom and what it answers. A name has neither colon, blank nor bracket, and what is quoted no quotation mark, so the
 * head of a message ends in one place, whatever the quote or the text after it says.
 */
function headOf({ author, replyTo }: Message): string {
  if (replyTo === undefined || replyTo.deleted) return `${author.name}: `;
  const words = shortened(excerptOf(replyTo.text).replace(quotationMarks, "'"), quotedCharacters);
  return `${author.name} (answering ${replyTo.author.name}${words === "" ? "" : `: "${harmless(words)}"`}): `;
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
