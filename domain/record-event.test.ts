/** What was sent before is known as such, and what the writer published first is not taken for it. */
import { expect, test } from "bun:test";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Published } from "./ports/index.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";

const room = Bun.randomUUIDv7() as RoomId;
const author = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const id = Bun.randomUUIDv7() as EventId;
const at = new Date(5_000).toISOString();

/** @param first the time of the event that has the id already */
function ports(first?: string): RecordPorts {
  const place = { epoch: "e", offset: 7, room, author: author.id };
  const publishAhead = async (): Promise<Published> => ({ ...place, at: first ?? at, fresh: first === undefined });
  const log = { append: async () => undefined };
  return { log, stream: { publishAhead }, clock: { now: () => 5_000 }, ids: {} } as unknown as RecordPorts;
}

const fresh = async (given: RecordPorts) =>
  (await recordEvent(given, room, author, { type: "message.posted", text: "x", mentions: [] }, id))?.fresh;

test("an id that nobody had is fresh", async () => {
  expect(await fresh(ports())).toBe(true);
});

test("an id that stands there with another time was sent before", async () => {
  expect(await fresh(ports(new Date(4_999).toISOString()))).toBe(false);
});

test("one that the writer published first is itself", async () => {
  expect(await fresh(ports(at))).toBe(true);
});
