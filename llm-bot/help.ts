/** What a bot says of itself, without asking its model. */
import { namePlaces } from "#domain/mention.ts";
import type { Message } from "#domain/message.ts";
import type { ModelState } from "#domain/ports/language-model.ts";
import { type Author, nameKey } from "#domain/user.ts";
import { nameOf } from "./write.ts";

/** Only its name, or its name and "help". Its name alone as a reply asks about what that answers. */
export function isHelp(bot: Author, { text, replyTo }: Pick<Message, "text" | "replyTo">): boolean {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,:;.!?]+/)
    .filter(Boolean);
  const others = words.filter((word) => !isName(bot, word));
  if (others.length === 0) return replyTo === undefined;
  return others.length === 1 && others[0] === "help";
}

function isName(bot: Author, word: string): boolean {
  const key = nameKey(bot.name);
  const whole = word.replace(/[._-]+$/, "").length;
  return namePlaces(word).some(({ names }) => names.some((name) => name.key === key && name.length + 1 === whole));
}

export function helpOf({ name }: Author, state: ModelState): string {
  const model = nameOf(state);
  return [
    `I answer when somebody writes \`@${name}\` and a question, or replies to me. I read the last messages of this room for it, what the question replies to, and nothing of any other room.`,
    "- My answers grow as they are written. **Stop** ends one; **Ask again** repeats a question that failed.",
    "- Questions wait in a line, and rooms take turns.",
    model === undefined ? "- There is no model behind me at the moment." : `- The model behind me: ${model}.`,
    "- It runs on the machines of whoever runs this server. Nothing you write leaves them.",
  ].join("\n");
}
