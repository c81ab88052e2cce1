import { beforeEach, expect, test } from "bun:test";
import type { EventId, RoomId } from "#domain/ids.ts";
import type { GrowingText, Ports } from "#domain/ports/index.ts";
import { until } from "#tests/support/wait.ts";
import { followGrowing, type GrowingRoom, type GrownSignal } from "./growing.ts";

const room = Bun.randomUUIDv7() as RoomId;
const message = Bun.randomUUIDv7() as EventId;
const grown = (at: number, piece: string, note = ""): GrownSignal => ({ type: "grown", message, at, piece, note });

let kept: GrowingText | undefined;
let told: GrownSignal[];
let growing: GrowingRoom;
beforeEach(() => {
  kept = undefined;
  told = [];
  const read = async () => new Map(kept === undefined ? [] : [[message, kept]]);
  growing = followGrowing({ growing: { read } } as unknown as Pick<Ports, "growing">, room, (one) => told.push(one));
});

test("pieces go out as they come, and who comes later gets the text so far", () => {
  const pieces = [grown(0, "", "Waiting."), grown(0, "Hello"), grown(5, " there")];
  for (const piece of pieces) growing.heard(piece);
  expect(told).toEqual(pieces);
  expect(growing.soFar()).toEqual([grown(0, "Hello there")]);
});

test("a piece that was lost is made good with the whole text", async () => {
  growing.heard(grown(0, "Hello"));
  kept = { text: "Hello there, you", note: "" };
  growing.heard(grown(11, ", you"));
  await until(() => told.length === 2, { what: "the whole text" });
  expect(told[1]).toEqual(grown(0, "Hello there, you"));
  growing.heard(grown(16, "!"));
  expect(told[2]).toEqual(grown(16, "!"));
});

test("a text that is followed from its middle on begins with all of it", async () => {
  kept = { text: "So far", note: "" };
  growing.heard(grown(3, "far"));
  growing.heard(grown(6, "."));
  await until(() => told.length > 0, { what: "the whole text" });
  expect(told[0]).toEqual(grown(0, "So far"));
});

test("a finished text is forgotten", () => {
  growing.heard(grown(0, "Hello"));
  const author = { id: Bun.randomUUIDv7() as never, name: "superchat" };
  const head = { id: Bun.randomUUIDv7() as EventId, room, author, at: new Date(0).toISOString(), offset: 3 };
  growing.happened({ ...head, type: "message.edited", message, text: "Hello there", mentions: [] });
  expect(growing.soFar()).toEqual([]);
});

test("after a standstill what was known is forgotten, and each text is read anew with its next piece, also its first", async () => {
  const first = grown(0, "Hello");
  growing.heard(first);
  growing.forget();
  expect(growing.soFar()).toEqual([]);
  // It ended meanwhile: the pieces that waited say what nobody may read any more.
  for (const late of [grown(5, " there"), grown(0, "Hello")]) growing.heard(late);
  await Bun.sleep(0);
  expect(told).toEqual([first]);
  kept = { text: "Hello there", note: "" };
  growing.heard(grown(5, " there"));
  await until(() => told.length === 2, { what: "the whole text" });
  expect(told[1]).toEqual(grown(0, "Hello there"));
  growing.heard(grown(11, "!"));
  expect(told[2]).toEqual(grown(11, "!"));
});

test("what was asked for before a standstill is not told after it", async () => {
  kept = { text: "So far", note: "" };
  growing.heard(grown(3, "far"));
  growing.forget();
  await Bun.sleep(0);
  expect(told).toEqual([]);
});
