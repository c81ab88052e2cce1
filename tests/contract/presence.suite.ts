/** What presence promises: a person is online while one of their connections is, and a silent connection goes away. */
import { describe, expect, test } from "bun:test";
import type { Presence } from "#domain/ports/index.ts";
import { samplePerson } from "./samples.ts";

/** A connection that has been silent for this long is gone; one that has been for a second less is not. */
export const silenceMs = 60_000;

export interface OpenPresence {
  readonly presence: Presence;
  /** Lets time pass for the presence. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export function presenceSuite(name: string, open: () => Promise<OpenPresence>): void {
  describe(`presence: ${name}`, () => {
    async function withPresence(work: (opened: OpenPresence) => Promise<void>): Promise<void> {
      const opened = await open();
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    }

    test("the first connection brings a person in, the last one takes them away", () =>
      withPresence(async ({ presence }) => {
        const ada = samplePerson().id;
        expect(await presence.enter(ada, "tab-1")).toBe(true);
        expect(await presence.enter(ada, "tab-2")).toBe(false);
        expect(await presence.enter(ada, "tab-1")).toBe(false);
        expect(await presence.leave(ada, "tab-1")).toBe(false);
        expect(await presence.online([ada])).toEqual(new Set([ada]));
        expect(await presence.leave(ada, "tab-2")).toBe(true);
        expect(await presence.online([ada])).toEqual(new Set());
        expect(await presence.enter(ada, "tab-3")).toBe(true);
      }));

    test("who comes together is told apart, the same person twice included", () =>
      withPresence(async ({ presence }) => {
        const [ada, bob] = [samplePerson().id, samplePerson().id];
        await presence.enter(bob, "before");
        const coming = [presence.enter(ada, "tab-1"), presence.enter(bob, "tab-1"), presence.enter(ada, "tab-2")];
        expect(await Promise.all(coming)).toEqual([true, false, false]);
        expect(await presence.leave(ada, "tab-1")).toBe(false);
        expect(await presence.leave(ada, "tab-2")).toBe(true);
      }));

    test("who leaves right after coming is gone", () =>
      withPresence(async ({ presence }) => {
        const ada = samplePerson().id;
        const [came, left] = [presence.enter(ada, "tab"), presence.leave(ada, "tab")];
        expect([await came, await left]).toEqual([true, true]);
        expect(await presence.online([ada])).toEqual(new Set());
      }));

    test("connections are counted, each once, and those that vanished no more", () =>
      withPresence(async ({ presence, advance }) => {
        const ada = samplePerson().id;
        expect(await presence.count(ada)).toBe(0);
        await Promise.all(Array.from({ length: 50 }, (_, n) => presence.enter(ada, `tab-${n}`)));
        await presence.enter(ada, "tab-7");
        expect(await presence.count(ada)).toBe(50);
        await presence.leave(ada, "tab-7");
        expect(await presence.count(ada)).toBe(49);
        await advance(silenceMs);
        expect(await presence.count(ada)).toBe(0);
      }));

    test("leaving what is not there changes nothing", () =>
      withPresence(async ({ presence }) => {
        const ada = samplePerson().id;
        expect(await presence.leave(ada, "tab-1")).toBe(false);
        await presence.enter(ada, "tab-1");
        expect(await presence.leave(ada, "tab-2")).toBe(false);
        expect(await presence.leave(ada, "tab-1")).toBe(true);
        expect(await presence.leave(ada, "tab-1")).toBe(false);
      }));

    test("online picks out who is there among those asked for", () =>
      withPresence(async ({ presence }) => {
        const [ada, bob, eve] = [samplePerson().id, samplePerson().id, samplePerson().id];
        await presence.enter(ada, "a");
        await presence.enter(eve, "e");
        expect(await presence.online([ada, bob])).toEqual(new Set([ada]));
        expect(await presence.online([])).toEqual(new Set());
      }));

    test("a silent connection goes away, one with heartbeats stays", () =>
      withPresence(async ({ presence, advance }) => {
        const [ada, bob] = [samplePerson().id, samplePerson().id];
        await presence.enter(ada, "vanished");
        await presence.enter(bob, "alive");
        await advance(silenceMs - 1_000);
        expect(await presence.online([ada, bob])).toEqual(new Set([ada, bob]));
        expect(await presence.enter(bob, "alive")).toBe(false);
        await advance(1_000);
        expect(await presence.online([ada, bob])).toEqual(new Set([bob]));
        expect(await presence.enter(ada, "back")).toBe(true);
      }));

    test("a vanished connection does not keep a person whose last living one leaves", () =>
      withPresence(async ({ presence, advance }) => {
        const ada = samplePerson().id;
        await presence.enter(ada, "vanished");
        await advance(silenceMs / 2);
        await presence.enter(ada, "alive");
        await advance(silenceMs / 2);
        expect(await presence.leave(ada, "alive")).toBe(true);
      }));
  });
}
