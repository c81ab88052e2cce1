/** Pieces reach the room once and in order, whatever happens to the growing texts meanwhile. */
import { expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { createMemoryGrowingTexts } from "#adapters/memory/growing-texts.ts";
import { unavailable } from "#domain/errors.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import { penTimeoutMs } from "#domain/ports/growing-texts.ts";
import type { GrowingTexts, RoomSignal } from "#domain/ports/index.ts";
import { until } from "#tests/support/wait.ts";
import { openSheet, tellEveryMs } from "./sheet.ts";

const room = "r" as RoomId;
const message = "m" as EventId;

function world(between: (texts: GrowingTexts) => GrowingTexts = (texts) => texts) {
  const clock = createFixedClock();
  const told: RoomSignal[] = [];
  const toRoom = async (_room: RoomId, signal: RoomSignal) => void told.push(signal);
  const texts = createMemoryGrowingTexts({ toRoom }, { clock });
  let lost = 0;
  const onLost = () => {
    lost += 1;
  };
  const sheet = openSheet(between(texts), { room, message, pen: "one", onLost });
  const read = async () => (await texts.read(room, [message])).get(message);
  const shows = (text: string) => until(async () => (await read())?.text === text, { what: `the text ${text}` });
  const add = (piece: string) => sheet.show(sheet.text() + piece);
  return { clock, told, texts, sheet, add, shows, read, lost: () => lost };
}

test("many pieces are told in few calls", async () => {
  const { sheet, add, shows, told } = world();
  expect(await sheet.claim()).toBe(true);
  for (let n = 0; n < 500; n++) add("x");
  await shows("x".repeat(500));
  expect(told.length).toBeLessThanOrEqual(2);
  await sheet.close();
});

test("the first piece is told at once, and the next ones wait to be told together", async () => {
  const calls: { readonly piece: string; readonly at: number }[] = [];
  const { sheet, add, shows } = world((texts) => ({
    ...texts,
    async grow(...call) {
      calls.push({ piece: call[3].piece, at: performance.now() });
      return texts.grow(...call);
    },
  }));
  await sheet.claim();
  await until(() => calls.length === 1, { what: "showing the empty text" });
  const wait = Bun.sleep(tellEveryMs / 2);
  add("One");
  await wait;
  expect(calls.at(-1)?.piece).toBe("One");
  add(" two");
  add(" three");
  await shows("One two three");
  expect(calls.map(({ piece }) => piece)).toEqual(["", "One", " two three"]);
  expect((calls[2]?.at ?? 0) - (calls[1]?.at ?? 0)).toBeGreaterThan(tellEveryMs - 5);
  await sheet.close();
});

test("a text that was lost is told again from its beginning", async () => {
  const { sheet, add, shows, texts } = world();
  await sheet.claim();
  add("Hello");
  await shows("Hello");
  await texts.end(room, message);
  add(" there");
  await shows("Hello there");
  await sheet.close();
});

test("while the texts are away nothing fails, and afterwards all of it is told", async () => {
  let away = true;
  const { sheet, add, shows } = world((texts) => ({
    ...texts,
    claim: async (...call) => (away ? Promise.reject(unavailable("Away.")) : texts.claim(...call)),
    grow: async (...call) => (away ? Promise.reject(unavailable("Away.")) : texts.grow(...call)),
  }));
  expect(await sheet.claim()).toBe(true);
  add("Hello");
  await until(() => sheet.text() === "Hello", { what: "the text" });
  away = false;
  await shows("Hello");
  await sheet.close();
});

test("a pen that another took while this one was silent is lost, and nothing more is told", async () => {
  const { sheet, add, shows, texts, clock, read, lost } = world();
  await sheet.claim();
  add("Mine");
  await shows("Mine");
  clock.advance(penTimeoutMs);
  await texts.claim(room, message, "two");
  await texts.grow(room, message, "two", { at: 0, piece: "Theirs", note: "" });
  add(" and more");
  await until(() => lost() > 0, { what: "the loss" });
  expect((await read())?.text).toBe("Theirs");
  const late = openSheet(texts, { room, message, pen: "three", onLost: () => undefined });
  expect(await late.claim()).toBe(false);
  await sheet.close();
});

test("what was shown can be taken back, also while it is being told", async () => {
  const held = Promise.withResolvers<void>();
  let calls = 0;
  const { sheet, shows } = world((texts) => ({
    ...texts,
    async grow(...args) {
      if (++calls === 1) await held.promise;
      return await texts.grow(...args);
    },
  }));
  await sheet.claim();
  sheet.show("Let me think about it");
  await until(() => calls === 1, { what: "the first call" });
  sheet.show("Forty-two.");
  held.resolve();
  await shows("Forty-two.");
  await sheet.close();
});
