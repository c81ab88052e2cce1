/** What growing texts promise: one pen, no piece lost or repeated, told to the room as they grow, gone when nobody writes. */
import { describe, expect, test } from "bun:test";
import type { EventId } from "#domain/ids.ts";
import { type GrowingTexts, penTimeoutMs } from "#domain/ports/growing-texts.ts";
import type { RoomSignal, Signals } from "#domain/ports/index.ts";
import { eventually, sampleRoom } from "./samples.ts";

export interface OpenGrowingTexts {
  /** Two ends that share the texts: the same object, or two connections. */
  readonly near: GrowingTexts;
  readonly far: GrowingTexts;
  readonly signals: Signals;
  /** Lets time pass for the texts. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export function growingTextsSuite(name: string, open: () => Promise<OpenGrowingTexts>): void {
  describe(`growing texts: ${name}`, () => {
    async function withTexts(work: (opened: OpenGrowingTexts) => Promise<void>): Promise<void> {
      const opened = await open();
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    }
    const sampleMessage = () => Bun.randomUUIDv7() as EventId;
    const piece = (at: number, text: string, note = "") => ({ at, piece: text, note });

    test("grow piece by piece, and every change is told to the room once", () =>
      withTexts(async ({ near, far, signals }) => {
        const [room, message] = [sampleRoom(), sampleMessage()];
        const heard: RoomSignal[] = [];
        await signals.onRoom(room, (signal) => heard.push(signal));
        expect(await near.claim(room, message, "one")).toEqual({ text: "", note: "" });
        const pieces = [piece(0, "", "Waiting."), piece(0, "Grüße 👩‍🚀"), piece(11, " und mehr"), piece(20, "")];
        for (const each of pieces) expect(await near.grow(room, message, "one", each)).toBe(true);
        const told = pieces.slice(0, 3).map((each): RoomSignal => ({ type: "grown", message, ...each }));
        await eventually("the room heard", () => heard.length >= told.length);
        expect(heard).toEqual(told);
        const texts = await far.read(room, [message, sampleMessage()]);
        expect([...texts]).toEqual([[message, { text: "Grüße 👩‍🚀 und mehr", note: "" }]]);
      }));

    test("take no piece that does not follow, and begin anew at 0", () =>
      withTexts(async ({ near, far }) => {
        const [room, message] = [sampleRoom(), sampleMessage()];
        await near.claim(room, message, "one");
        expect(await near.grow(room, message, "one", piece(0, "abc"))).toBe(true);
        expect(await near.grow(room, message, "one", piece(2, "x"))).toBe(false);
        expect(await near.grow(room, message, "one", piece(4, "x"))).toBe(false);
        expect(await near.grow(room, message, "one", piece(0, "new"))).toBe(true);
        expect((await far.read(room, [message])).get(message)?.text).toBe("new");
      }));

    test("have one pen, which is free when its holder is silent, with the text so far", () =>
      withTexts(async ({ near, far, advance }) => {
        const [room, message] = [sampleRoom(), sampleMessage()];
        expect(await near.grow(room, message, "one", piece(0, "a"))).toBe(false);
        await near.claim(room, message, "one");
        await near.grow(room, message, "one", piece(0, "so far", "note"));
        expect(await far.claim(room, message, "two")).toBeUndefined();
        expect(await far.grow(room, message, "two", piece(0, "b"))).toBe(false);
        advance(penTimeoutMs - 1);
        expect(await near.grow(room, message, "one", piece(6, "", "note"))).toBe(true);
        advance(penTimeoutMs - 1);
        expect(await far.claim(room, message, "two")).toBeUndefined();
        advance(1);
        expect(await far.read(room, [message])).toEqual(new Map());
        expect(await far.claim(room, message, "two")).toEqual({ text: "so far", note: "note" });
        expect(await near.grow(room, message, "one", piece(6, "late"))).toBe(false);
        expect(await far.grow(room, message, "two", piece(6, " and on"))).toBe(true);
      }));

    test("are forgotten when they end, each room's by itself", () =>
      withTexts(async ({ near, far }) => {
        const [room, other, message] = [sampleRoom(), sampleRoom(), sampleMessage()];
        for (const place of [room, other]) {
          await near.claim(place, message, "one");
          await near.grow(place, message, "one", piece(0, place));
        }
        await far.end(room, message);
        expect(await near.read(room, [message])).toEqual(new Map());
        expect((await near.read(other, [message])).get(message)?.text).toBe(other);
        expect(await near.grow(room, message, "one", piece(0, "again"))).toBe(false);
      }));
  });
}
