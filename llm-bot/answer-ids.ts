/** Ids of an answer, made from its question's: whoever answers it, and however often, it is one answer. */
import { createHash } from "node:crypto";
import type { EventId, UserId } from "#domain/ids.ts";
import type { AnswerIds } from "#domain/write-answer.ts";

/** UUIDs of version 7 with the question's time, so that they are as old as it is. */
export function answerIds(bot: UserId, question: EventId): AnswerIds {
  return { posted: derived("posted", bot, question), ended: derived("ended", bot, question) };
}

function derived(what: string, bot: UserId, question: EventId): EventId {
  const hex = createHash("sha256").update(`${what} ${bot} ${question}`).digest("hex");
  const time = question.slice(0, 13);
  return `${time}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}` as EventId;
}
