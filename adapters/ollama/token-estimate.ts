/** How many tokens a text has, without the model's own vocabulary: from its bytes, corrected by what the server counted. */
import type { ModelMessage } from "#domain/ports/language-model.ts";

export interface TokenEstimate {
  ofText(text: string): number;
  /** With what a model's template puts around each message. */
  ofMessages(messages: readonly ModelMessage[]): number;
  /** The server counted these messages. */
  learn(messages: readonly ModelMessage[], counted: number): void;
}

/** English has about four bytes a token in the models used, code and names three. */
const bytesPerToken = 3;
const tokensPerMessage = 8;
/** Less is too little to learn from. */
const learnFromTokens = 40;
/** What was learned may move the estimate by so much. A count that leaves out what the server remembered can't mislead it far. */
const leastFactor = 0.75;
const mostFactor = 3;
/** The estimate follows the worst of the last so many questions. */
const remembered = 16;

export function createTokenEstimate(): TokenEstimate {
  const factors: number[] = [];
  const raw = (text: string) => Buffer.byteLength(text) / bytesPerToken;
  const rawOf = (messages: readonly ModelMessage[]) => messages.reduce((sum, { text }) => sum + raw(text), 0);
  const factor = () => (factors.length === 0 ? 1 : Math.max(...factors));
  const overhead = (messages: readonly ModelMessage[]) => (messages.length + 1) * tokensPerMessage;
  return {
    ofText: (text) => Math.ceil(raw(text) * factor()),
    ofMessages: (messages) => Math.ceil(rawOf(messages) * factor()) + overhead(messages),
    learn(messages, counted) {
      const guessed = rawOf(messages);
      if (guessed < learnFromTokens) return;
      const seen = (counted - overhead(messages)) / guessed;
      factors.push(Math.min(mostFactor, Math.max(leastFactor, seen)));
      if (factors.length > remembered) factors.shift();
    },
  };
}
