/** What a language model promises, whoever writes the words: nothing here looks at what they say. */
import { describe, expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import type { OpenLanguageModel, Question } from "#domain/ports/language-model.ts";

export interface LanguageModelWorld {
  /** New: nobody prepared it. */
  readonly model: OpenLanguageModel;
  close(): Promise<void>;
}

/** A model that is told to stop must be free for the next question within this. */
export const freeWithinMs = 1_000;
/** Loading comes first. */
const readyWithinMs = 60_000;

/** Long enough to be stopped in the middle. */
export const longQuestion = (signal: AbortSignal = new AbortController().signal): Question => ({
  messages: [
    { role: "system", text: "You are a helpful assistant. Write long answers." },
    { role: "user", text: "Tell a long story about a ship, an island and a storm." },
  ],
  maxTokens: 200,
  signal,
});

export function languageModelSuite(name: string, open: () => Promise<LanguageModelWorld>): void {
  describe(`language model: ${name}`, () => {
    async function withModel(work: (model: OpenLanguageModel) => Promise<void>, prepared = true): Promise<void> {
      const world = await open();
      try {
        if (prepared) await world.model.prepare();
        await work(world.model);
      } finally {
        await world.close();
      }
    }
    const within = (title: string, work: () => Promise<void>) => test(title, work, readyWithinMs);

    within("it sleeps until it is prepared; preparing again, also at the same time, changes nothing", () =>
      withModel(async (model) => {
        expect(model.state().type).toBe("asleep");
        const refused = await failureOf(collect(model.answer(longQuestion())));
        expect(isChatError(refused, "unavailable")).toBe(true);
        await Promise.all([model.prepare(), model.prepare()]);
        const state = model.state();
        expect(state).toMatchObject({ type: "ready", toy: expect.any(Boolean) });
        if (state.type !== "ready") return;
        expect(state.slots).toBeGreaterThan(0);
        expect(state.contextTokens).toBeGreaterThan(500);
        await model.prepare();
        expect(model.state()).toEqual(state);
      }, false),
    );

    within("an answer comes in pieces over time, and ends at its limit", () =>
      withModel(async (model) => {
        const times: number[] = [];
        const pieces: string[] = [];
        for await (const piece of model.answer({ ...longQuestion(), maxTokens: 24 })) {
          pieces.push(piece);
          times.push(performance.now());
        }
        expect(pieces.length).toBeGreaterThanOrEqual(3);
        // What was held back may follow the last token.
        expect(pieces.length).toBeLessThanOrEqual(25);
        expect(pieces).not.toContain("");
        expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(5);
      }),
    );

    within("a signal that has fired already asks nobody", () =>
      withModel(async (model) => {
        const reason = new Error("not wanted");
        expect(await failureOf(collect(model.answer(longQuestion(AbortSignal.abort(reason)))))).toBe(reason);
      }),
    );

    within("a signal ends the answer with its reason, and the model is free for the next one", () =>
      withModel(async (model) => {
        const usualMs = await usualFirstPieceMs(model);
        const stop = new AbortController();
        const reason = new Error("stopped by the asker");
        let count = 0;
        const failure = await failureOf(
          (async () => {
            for await (const _ of model.answer(longQuestion(stop.signal))) if (++count === 3) stop.abort(reason);
          })(),
        );
        expect(failure).toBe(reason);
        expect(count).toBe(3);
        expect(await firstPieceMs(model)).toBeLessThan(freeWithinMs + 2 * usualMs);
      }),
    );

    within("who stops listening frees the model too", () =>
      withModel(async (model) => {
        const usualMs = await usualFirstPieceMs(model);
        for await (const _ of model.answer(longQuestion())) break;
        expect(await firstPieceMs(model)).toBeLessThan(freeWithinMs + 2 * usualMs);
      }),
    );

    within("a question that does not fit is refused and asks nobody", () =>
      withModel(async (model) => {
        const { signal } = new AbortController();
        const text = "much too long ".repeat(20_000);
        const question: Question = { messages: [{ role: "user", text }], maxTokens: 10, signal };
        expect(isChatError(await failureOf(collect(model.answer(question))), "too-large")).toBe(true);
        expect(model.state().type).toBe("ready");
      }),
    );

    within("tokens are estimated from above, and more for a longer text", () =>
      withModel(async (model) => {
        expect(model.estimateTokens("")).toBe(0);
        const sentence = "The deploy failed because the disk is full; bob will clean it up. ";
        const [short, long] = [model.estimateTokens(sentence), model.estimateTokens(sentence.repeat(10))];
        expect(short).toBeGreaterThan(12);
        expect(long).toBeGreaterThan(9 * short);
      }),
    );

    within("a closed one answers nobody", () =>
      withModel(async (model) => {
        const failing = failureOf(collect(model.answer(longQuestion())));
        await model.close();
        expect(isChatError(await failing, "unavailable")).toBe(true);
        expect(isChatError(await failureOf(collect(model.answer(longQuestion()))), "unavailable")).toBe(true);
      }),
    );
  });
}

export async function collect(pieces: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error) => error,
  );
}

/** Of a question that the model has just read. */
async function usualFirstPieceMs(model: OpenLanguageModel): Promise<number> {
  await collect(model.answer({ ...longQuestion(), maxTokens: 4 }));
  return await firstPieceMs(model);
}

export async function firstPieceMs(model: OpenLanguageModel): Promise<number> {
  const from = performance.now();
  for await (const _ of model.answer({ ...longQuestion(), maxTokens: 4 })) break;
  return performance.now() - from;
}
