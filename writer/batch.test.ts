/** How a batch becomes runs. */
import { expect, test } from "bun:test";
import type { LoggedEvent } from "#domain/events.ts";
import type { Published } from "#domain/ports/index.ts";
import { samplePerson, samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { runsOf, sortPublished } from "./batch.ts";

const [room, other] = [sampleRoom(), sampleRoom()];

function placeOf(event: LoggedEvent, offset: number, epoch = "e1"): Published {
  return { room: event.room, author: event.author.id, at: event.at, epoch, offset, fresh: true };
}

function offsetsOf(batch: readonly LoggedEvent[], published: readonly Published[]) {
  return runsOf(sortPublished(batch, published).placed).map((run) => [
    run.room,
    run.epoch,
    ...run.events.map((event) => event.offset),
  ]);
}

test("a run per room, in the order of the offsets", () => {
  const batch = [samplePost(room, "a"), samplePost(other, "b"), samplePost(room, "c"), samplePost(other, "d")];
  const published = [8, 1, 7, 2].map((offset, index) => placeOf(batch[index]!, offset));
  expect(offsetsOf(batch, published)).toEqual([
    [room, "e1", 7, 8],
    [other, "e1", 1, 2],
  ]);
});

test("an event sent again has a run of its own, and another epoch too", () => {
  const batch = ["a", "b", "c", "d"].map((text) => samplePost(room, text));
  const [a, b, c, d] = batch as [LoggedEvent, LoggedEvent, LoggedEvent, LoggedEvent];
  const published = [placeOf(a, 7), placeOf(b, 3), placeOf(c, 8), placeOf(d, 9, "e2")];
  expect(offsetsOf(batch, published)).toEqual([
    [room, "e1", 3],
    [room, "e1", 7, 8],
    [room, "e2", 9],
  ]);
});

test("an id twice in a batch is placed once", () => {
  const event = samplePost(room, "once");
  const { placed, taken } = sortPublished(
    [event, { ...event }],
    [placeOf(event, 4), { ...placeOf(event, 4), fresh: false }],
  );
  expect(placed).toEqual([{ logged: event, event: { ...event, offset: 4 }, epoch: "e1" }]);
  expect(taken).toEqual([]);
});

test("an id known under another room or author is taken", () => {
  const [mine, moved] = [samplePost(room, "mine"), samplePost(room, "moved")];
  const author = samplePerson("Eve").id;
  const published = [
    { ...placeOf(mine, 1), author },
    { ...placeOf(moved, 2), room: other },
  ];
  expect(sortPublished([mine, moved], published)).toEqual({ placed: [], taken: [mine, moved] });
});

test("a stream that answers for fewer events than asked is a bug, not silence", () => {
  expect(() => sortPublished([samplePost(room, "a")], [])).toThrow("fewer");
});
