/** A bot's answer: a message that grows while it is written, and how it ended. */
import type { EventId, UserId } from "./ids.ts";

/**
 * `growing` while it is written. `stopped` by somebody, `interrupted` when its writer vanished, `failed` when the model did:
 * the question may be asked again.
 */
export const answerStates = ["growing", "complete", "stopped", "interrupted", "failed"] as const;
export type AnswerState = (typeof answerStates)[number];

export interface Answer {
  readonly question: EventId;
  /** Who asked: may stop it. */
  readonly asker: UserId;
  readonly state: AnswerState;
  /** What wrote it, as people may call it. */
  readonly model?: string;
}
