/** What claims promise: of those that want a name at once, wherever they are, one gets it, until its time is over. */
import { describe, expect, test } from "bun:test";
import type { Claims } from "#domain/ports/index.ts";
import { until } from "../support/wait.ts";

export interface OpenClaims {
  /** Two places that share the names. */
  readonly near: Claims;
  readonly far: Claims;
  close(): Promise<void>;
}

const longMs = 60_000;

export function claimsSuite(name: string, open: () => Promise<OpenClaims>): void {
  describe(`claims: ${name}`, () => {
    const withClaims = async (work: (opened: OpenClaims) => Promise<void>) => {
      const opened = await open();
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    };

    test("one of fifty at once gets the name, and nobody after it", () =>
      withClaims(async ({ near, far }) => {
        const wanted = crypto.randomUUID();
        const taken = await Promise.all(
          Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? near : far).take(wanted, longMs)),
        );
        expect(taken.filter((one) => one)).toHaveLength(1);
        expect(await far.take(wanted, longMs)).toBe(false);
      }));

    test("names are apart, whatever stands in them", () =>
      withClaims(async ({ near }) => {
        const start = crypto.randomUUID();
        for (const end of ["", " a", " b", "}", "}{", "{x}"])
          expect([end, await near.take(`${start}${end}`, longMs)]).toEqual([end, true]);
      }));

    test("what is given back is free at once, and another name is not", () =>
      withClaims(async ({ near, far }) => {
        const [given, kept] = [crypto.randomUUID(), crypto.randomUUID()];
        for (const name of [given, kept]) await near.take(name, longMs);
        await near.giveBack(given);
        await near.giveBack(given);
        expect(await far.take(given, longMs)).toBe(true);
        expect(await far.take(kept, longMs)).toBe(false);
      }));

    test("a name is free again when its time is over, not before", () =>
      withClaims(async ({ near, far }) => {
        const [brief, long] = [crypto.randomUUID(), crypto.randomUUID()];
        expect(await near.take(long, longMs)).toBe(true);
        expect(await near.take(brief, 200)).toBe(true);
        expect(await far.take(brief, 200)).toBe(false);
        await until(() => far.take(brief, longMs), { what: "the name to be free" });
        expect(await far.take(long, longMs)).toBe(false);
      }));
  });
}
