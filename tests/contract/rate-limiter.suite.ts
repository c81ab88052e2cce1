/** What rate limits promise: a burst at once, then evenly refilled, per key and per limit, exact at the edge. */
import { describe, expect, test } from "bun:test";
import type { RateLimit, RateLimiter } from "#domain/ports/index.ts";

export interface OpenLimiter {
  readonly limiter: RateLimiter;
  /** Lets time pass for the limiter. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export function rateLimiterSuite(name: string, open: () => Promise<OpenLimiter>): void {
  describe(`rate limiter: ${name}`, () => {
    async function withLimiter(work: (opened: OpenLimiter) => Promise<void>): Promise<void> {
      const opened = await open();
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    }

    const someone = () => `key-${Bun.randomUUIDv7()}`;
    const limits: RateLimit[] = [
      { name: "one", burst: 1, perMs: 1_000 },
      { name: "thirds", burst: 3, perMs: 1_000 },
      { name: "sevenths", burst: 7, perMs: 60_000 },
      { name: "many", burst: 600, perMs: 60_000 },
      { name: "dense", burst: 3_000, perMs: 1_000 },
    ];

    for (const limit of limits) {
      test(`${limit.burst} per ${limit.perMs} ms: all at once, then refused until exactly when it says`, () =>
        withLimiter(async ({ limiter, advance }) => {
          const key = someone();
          for (let taken = 0; taken < limit.burst; taken++) {
            expect(await limiter.take(limit, key)).toEqual({
              allowed: true,
              retryAfterMs: 0,
              left: limit.burst - taken - 1,
              fullInMs: Math.ceil(((taken + 1) * limit.perMs) / limit.burst),
            });
          }
          const refused = await limiter.take(limit, key);
          const retryAfterMs = Math.ceil(limit.perMs / limit.burst);
          expect(refused).toEqual({ allowed: false, retryAfterMs, left: 0, fullInMs: limit.perMs });
          await advance(refused.retryAfterMs - 1);
          if (refused.retryAfterMs > 1) expect((await limiter.take(limit, key)).allowed).toBe(false);
          await advance(1);
          expect((await limiter.take(limit, key)).allowed).toBe(true);
        }));
    }

    test("what is given back may be taken again, and no more than that", () =>
      withLimiter(async ({ limiter, advance }) => {
        const limit = { name: "returns", burst: 3, perMs: 60_000 };
        const key = someone();
        await limiter.giveBack(limit, key);
        for (let round = 0; round < 50; round++) {
          expect(await limiter.take(limit, key)).toMatchObject({ allowed: true, left: 2 });
          await limiter.giveBack(limit, key);
        }
        for (let taken = 0; taken < 3; taken++) expect((await limiter.take(limit, key)).allowed).toBe(true);
        expect((await limiter.take(limit, key)).allowed).toBe(false);
        await limiter.giveBack(limit, key);
        expect((await limiter.take(limit, key)).allowed).toBe(true);
        expect((await limiter.take(limit, key)).allowed).toBe(false);
        await advance(60_000);
        await limiter.giveBack(limit, key);
        expect(await limiter.take(limit, key)).toMatchObject({ allowed: true, left: 2 });
      }));

    test("being refused costs nothing", () =>
      withLimiter(async ({ limiter, advance }) => {
        const limit = { name: "patience", burst: 2, perMs: 1_000 };
        const key = someone();
        for (let tries = 0; tries < 50; tries++) await limiter.take(limit, key);
        await advance(1_000);
        expect((await limiter.take(limit, key)).allowed).toBe(true);
        expect((await limiter.take(limit, key)).allowed).toBe(true);
        expect((await limiter.take(limit, key)).allowed).toBe(false);
      }));

    test("waiting longer saves up no more than the burst", () =>
      withLimiter(async ({ limiter, advance }) => {
        const limit = { name: "saving", burst: 3, perMs: 1_000 };
        const key = someone();
        await limiter.take(limit, key);
        await advance(3_600_000);
        const taken = [];
        for (let tries = 0; tries < 5; tries++) taken.push((await limiter.take(limit, key)).allowed);
        expect(taken).toEqual([true, true, true, false, false]);
      }));

    test("keys and limits are counted apart", () =>
      withLimiter(async ({ limiter }) => {
        const [key, other] = [someone(), someone()];
        const once = { name: "once", burst: 1, perMs: 1_000 };
        expect((await limiter.take(once, key)).allowed).toBe(true);
        expect((await limiter.take(once, key)).allowed).toBe(false);
        expect((await limiter.take(once, other)).allowed).toBe(true);
        expect((await limiter.take({ ...once, name: "other" }, key)).allowed).toBe(true);
      }));
  });
}
