/** What writes the bot's answers: text in, text out piece by piece. Knows nothing of rooms, queues or prompts. */

export interface ModelMessage {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

export interface Question {
  /** Oldest first. What stays the same from question to question comes first: a model reads a known beginning for nothing. */
  readonly messages: readonly ModelMessage[];
  /** The answer ends here at the latest. */
  readonly maxTokens: number;
  /** Ends the answer and frees the model. */
  readonly signal: AbortSignal;
}

/** How an answer ended. */
export interface AnswerEnd {
  /** It reached `maxTokens`: the model had more to say. */
  readonly cut: boolean;
  /** The model reasoned before it answered. What it thought is not among the pieces. */
  readonly thought: boolean;
}

/** What an operator and a room may be told about the model. */
export type ModelState =
  /** `toy`: too small for true answers, and said to be. `slots`: how many answers it writes at the same time. */
  | {
      readonly type: "ready";
      readonly model: string;
      readonly toy: boolean;
      /** What the messages and the answer may have together. */
      readonly contextTokens: number;
      readonly slots: number;
    }
  /** Nothing was asked yet, so nothing was fetched or loaded: `prepare` does it. */
  | { readonly type: "asleep"; readonly model: string }
  /** Being fetched or loaded. `part`: how much of the fetching is done, 0–1; 1 while it is loaded. `bytes`: of the whole download. */
  | { readonly type: "fetching"; readonly model: string; readonly part: number; readonly bytes?: number }
  /** `sentence` says why, for a room and an operator alike. The next `prepare` tries again. */
  | { readonly type: "unavailable"; readonly model: string; readonly sentence: string }
  /** The operator wants none. */
  | { readonly type: "off" };

export interface LanguageModel {
  /** What is known now; asks nobody. */
  state(): ModelState;

  /**
   * Makes it ready if it is not: fetches, loads, waits for its server. Cheap when it is ready; calls at the same time are
   * one. A caller who gives up stops nothing: what is being fetched is there for the next one.
   * @throws ChatError unavailable, with the sentence of the state. `off` is unavailable too.
   */
  prepare(onProgress?: (state: ModelState) => void): Promise<void>;

  /**
   * The answer as it is written: pieces of text, none empty, each sent as soon as it is known. Ends at `maxTokens`, or when
   * the model is done. A model that can answer without reasoning first is asked to. However it ends, also by a `break` in the caller's loop, the model is free again within a second,
   * unless it is still reading the question.
   * @throws the signal's reason when the signal fired; ChatError unavailable when the model is not ready (`prepare` was not
   * called, or it went away since), missing, frozen (too long before the first piece, or between two) or failed: pieces that
   * came before are good. ChatError too-large when the messages and `maxTokens` don't fit into the context.
   */
  answer(question: Question): AsyncGenerator<string, AnswerEnd, void>;

  /** How many tokens a text has for this model: an estimate from above, closer the more was asked. */
  estimateTokens(text: string): number;
}

/** A model that holds resources: a process, timers, a download. */
export interface OpenLanguageModel extends LanguageModel {
  /** Ends what runs; answers under way end as unavailable. */
  close(): Promise<void>;
}
