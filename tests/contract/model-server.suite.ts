/** What stays true when the server of a model breaks: what came is good, one sentence follows, and the next question is answered. */
import { describe, expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import type { OpenLanguageModel } from "#domain/ports/language-model.ts";
import { collect, failureOf, longQuestion } from "./language-model.suite.ts";

export interface ModelServerWorld {
  /** Gives up after `silence`. */
  readonly model: OpenLanguageModel;
  /** Whatever writes the answers dies, or stops, at once. */
  kill(): void;
  freeze(): void;
  /** As an operator, or what watches over it, would. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

export interface Silence {
  readonly firstPieceMs: number;
  readonly nextPieceMs: number;
}

/** On a machine that tests share, a model that works needs seconds too. */
const patience: Silence = { firstPieceMs: 30_000, nextPieceMs: 3_000 };
const impatience: Silence = { firstPieceMs: 8_000, nextPieceMs: 3_000 };
const limitMs = 60_000;
/** A death is noticed at once. */
const noticedWithinMs = 1_000;

export function modelServerSuite(name: string, open: (silence: Silence) => Promise<ModelServerWorld>): void {
  describe(`model server: ${name}`, () => {
    async function withWorld(
      work: (world: ModelServerWorld) => Promise<void>,
      silence: Silence = patience,
    ): Promise<void> {
      const world = await open(silence);
      try {
        await world.model.prepare();
        await work(world);
      } finally {
        await world.close();
      }
    }

    /** @returns how long the failure took from the break on */
    async function breakAfter(world: ModelServerWorld, pieces: number, how: "kill" | "freeze"): Promise<number> {
      let [count, brokenAt] = [0, 0];
      const failure = await failureOf(
        (async () => {
          if (pieces === 0) {
            world[how]();
            brokenAt = performance.now();
          }
          for await (const _ of world.model.answer(longQuestion())) {
            if (++count !== pieces) continue;
            world[how]();
            brokenAt = performance.now();
          }
        })(),
      );
      const tookMs = performance.now() - brokenAt;
      expect(isChatError(failure, "unavailable")).toBe(true);
      expect(count).toBeGreaterThanOrEqual(pieces);
      expect(world.model.state()).toMatchObject({ type: "unavailable", sentence: (failure as Error).message });
      return tookMs;
    }

    async function expectAnswer({ model, revive }: ModelServerWorld): Promise<void> {
      await revive();
      await model.prepare();
      expect((await collect(model.answer({ ...longQuestion(), maxTokens: 8 }))).length).toBeGreaterThan(2);
    }

    test(
      "killed in the middle of an answer",
      () =>
        withWorld(async (world) => {
          expect(await breakAfter(world, 3, "kill")).toBeLessThan(noticedWithinMs);
          await expectAnswer(world);
        }),
      limitMs,
    );

    test(
      "frozen in the middle of an answer",
      () =>
        withWorld(async (world) => {
          const tookMs = await breakAfter(world, 3, "freeze");
          expect(tookMs).toBeGreaterThan(patience.nextPieceMs / 3);
          expect(tookMs).toBeLessThan(patience.nextPieceMs + 3_000);
          await expectAnswer(world);
        }),
      limitMs,
    );

    test(
      "frozen before the first piece",
      () =>
        withWorld(async (world) => {
          expect(await breakAfter(world, 0, "freeze")).toBeLessThan(impatience.firstPieceMs + 3_000);
          await expectAnswer(world);
        }, impatience),
      limitMs,
    );
  });
}
