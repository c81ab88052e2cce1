/** One question on its way to its answer. */
import type { Answer, AnswerState } from "#domain/answer.ts";
import type { Message } from "#domain/message.ts";
import type { Room } from "#domain/room.ts";
import type { User } from "#domain/user.ts";
import type { AnswerIds } from "#domain/write-answer.ts";
import type { Sheet } from "./sheet.ts";

/** A bot account and the operator's words to the model behind it. */
export interface Persona {
  readonly user: User;
  /** `{name}` stands for the bot's name. */
  readonly system: string;
}

export interface Job {
  readonly persona: Persona;
  readonly room: Room;
  readonly question: Message;
  readonly ids: AnswerIds;
  readonly sheet: Sheet;
  /** Ends it, whatever it is doing; the reason says how it ends. */
  readonly ending: AbortController;
}

/** Why a job ends before its answer is complete. */
export class Ending extends Error {
  override readonly name = "Ending";

  constructor(
    /** `late`: its time is up. `deleted`: the question is gone. `left`: nothing is written any more; another bot, or the next start of this one, goes on. */
    readonly how: "stopped" | "late" | "deleted" | "left",
  ) {
    super(how);
  }
}

export function answerOf({ question }: Pick<Job, "question">, state: AnswerState, model?: string): Answer {
  return { question: question.id, asker: question.author.id, state, ...(model === undefined ? {} : { model }) };
}
