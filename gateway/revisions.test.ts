/** Where changed messages stand: known of what was just posted, looked up once for others, of nobody but their author. */
import { expect, test } from "bun:test";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { EventStore, StoredRef } from "#domain/ports/index.ts";
import { until } from "#tests/support/wait.ts";
import { createRevisions, type Revision } from "./revisions.ts";

const room = "r" as RoomId;
const ana = { id: "ana" as UserId, name: "ana" };
const ben = { id: "ben" as UserId, name: "ben" };
const head = { room, author: ana, at: "2026-01-01T00:00:00.000Z" };

const posted = (offset: number, mentions: readonly UserId[] = []): RoomEvent => ({
  ...{ ...head, id: `m${offset}` as EventId, offset, type: "message.posted", text: "x", mentions },
});
const edited = (offset: number, message: string, mentions: readonly UserId[] = [], author = ana): RoomEvent => ({
  ...{ ...head, author, id: `e${offset}` as EventId, offset, type: "message.edited", message: message as EventId },
  ...{ text: "y", mentions },
});
const deleted = (offset: number, message: string, author = ana): RoomEvent => ({
  ...{ ...head, author, id: `e${offset}` as EventId, offset, type: "message.deleted", message: message as EventId },
});

function revisionsOver(stored: Readonly<Record<string, StoredRef>>, max?: number) {
  const asked: string[] = [];
  const failures: unknown[] = [];
  const find: EventStore["find"] = async (id) => {
    asked.push(id);
    if (id === ("broken" as EventId)) throw new Error("away");
    return stored[id];
  };
  return { asked, failures, ...createRevisions({ find }, (error) => failures.push(error), max) };
}

test("of what was just posted all is known, whom it names no more included", () => {
  const { among, asked } = revisionsOver({});
  expect(among([posted(1, [ben.id]), edited(2, "m1", [ana.id])], undefined)).toMatchObject([
    { at: 2, offset: 1, author: ana.id, mentions: [ana.id], deleted: false, unnamed: [ben.id] },
  ]);
  expect(among([deleted(3, "m1")], undefined)).toMatchObject([
    { at: 3, offset: 1, mentions: [], deleted: true, unnamed: [ana.id] },
  ]);
  expect(asked).toEqual([]);
});

test("others are looked up once, for as many as there are; nobody else's change counts, nor that an answer is complete", async () => {
  const stored = { old: { room, author: ana.id, offset: 5, discarded: false } };
  const elsewhere = { ...stored.old, room: "other" as RoomId };
  const { among, asked } = revisionsOver({ ...stored, elsewhere });
  const told: Revision[] = [];
  const answer = { question: "q" as EventId, asker: ben.id, state: "complete" as const };
  const events = [
    ...[deleted(8, "old"), deleted(9, "old", ben), deleted(10, "elsewhere"), deleted(11, "none")],
    { ...edited(12, "answer"), answer } as RoomEvent,
  ];
  expect(among(events, (late) => void told.push(...late))).toEqual([]);
  await until(() => told.length > 0, { what: "being told" });
  expect(told).toMatchObject([{ at: 8, offset: 5, author: ana.id, deleted: true, unnamed: [] }]);
  expect(asked).toEqual(["old", "old", "elsewhere", "none"]);
  expect(among([posted(13), deleted(14, "m13", ben)], undefined)).toEqual([]);
});

test("nobody there: nothing is looked up; a look-up that fails is said", async () => {
  const { among, asked, failures } = revisionsOver({});
  among([deleted(8, "old")], undefined);
  expect(asked).toEqual([]);
  among([deleted(9, "broken")], () => undefined);
  await until(() => failures.length === 1, { what: "the failure" });
});

test("the oldest places are forgotten", () => {
  const { among } = revisionsOver({}, 2);
  among([posted(1), posted(2), posted(3)], undefined);
  expect(among([deleted(4, "m1"), deleted(5, "m3")], undefined).map(({ offset }) => offset)).toEqual([3]);
});
