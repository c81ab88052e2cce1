/** What was sent before is known as such, and what the writer published first is not taken for it. */
import { expect, test } from "bun:test";
import { unavailable } from "./errors.ts";
import type { LoggedEvent } from "./events.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import type { Published } from "./ports/index.ts";
import { type RecordPorts, recordEvent } from "./record-event.ts";

const room = Bun.randomUUIDv7() as RoomId;
const author = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const id = Bun.randomUUIDv7() as EventId;
const at = new Date(5_000).toISOString();

/** @param first the event that stands at the offset already */
function ports(first: Partial<LoggedEvent> | undefined, tail?: () => Promise<never>): RecordPorts {
  const place = { epoch: "e", offset: 7, room, author: author.id };
  const stream = {
    publishAhead: async (): Promise<Published> => ({ ...place, fresh: first === undefined }),
    tail: tail ?? (async () => ({ room, epoch: "e", events: [{ ...first, offset: 7 }] })),
  };
  return {
    log: { append: async () => undefined },
    stream,
    clock: { now: () => 5_000 },
    ids: {},
  } as unknown as RecordPorts;
}

const fresh = async (given: RecordPorts) =>
  (await recordEvent(given, room, author, { type: "message.posted", text: "x", mentions: [] }, id))?.fresh;

test("an id that nobody had is fresh", async () => {
  expect(await fresh(ports(undefined))).toBe(true);
});

test("an id that stands there with another time was sent before", async () => {
  expect(await fresh(ports({ id, at: new Date(4_999).toISOString() }))).toBe(false);
});

test("one that the writer published first is itself", async () => {
  expect(await fresh(ports({ id, at }))).toBe(true);
});

test("where that can't be told it counts as known", async () => {
  const away = async () => {
    throw unavailable("Away.");
  };
  expect(await fresh(ports({ id, at }, away))).toBe(false);
});
