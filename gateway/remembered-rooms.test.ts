import { expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { isChatError, unavailable } from "#domain/errors.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import type { RoomStore } from "#domain/ports/index.ts";
import type { RoomAccess } from "#domain/room.ts";
import { rememberRooms, trustedForMs } from "./remembered-rooms.ts";

const viewer = "u" as UserId;
const room = "r" as RoomId;
const member = { room: { id: room, slug: "tea" }, membership: { user: viewer } } as unknown as RoomAccess;

function setUp({ follows = false } = {}) {
  const clock = createFixedClock();
  let answer: () => RoomAccess | undefined = () => member;
  const store = { access: async () => answer() } as unknown as RoomStore;
  const rooms = rememberRooms(store, { clock, follows: () => follows });
  return {
    clock,
    rooms,
    answers: (access: RoomAccess | undefined) => {
      answer = () => access;
    },
    away: () => {
      answer = () => {
        throw unavailable("away");
      };
    },
    allowed: async (ref: string) => {
      try {
        return (await rooms.access(ref, viewer)) !== undefined;
      } catch (error) {
        if (isChatError(error, "unavailable")) return "unavailable";
        throw error;
      }
    },
  };
}

test("who was in the room just before the store went away stays in, by id and by slug, for as long as it is away", async () => {
  const { clock, rooms, away, allowed } = setUp();
  await rooms.access("tea", viewer);
  clock.advance(trustedForMs - 1);
  away();
  for (const ref of ["tea", room]) expect(await allowed(ref)).toBe(true);
  clock.advance(3_600_000);
  expect(await allowed(room)).toBe(true);
});

test("an answer from longer before is not trusted, unless the room's events were heard all along", async () => {
  for (const follows of [false, true]) {
    const { clock, rooms, away, answers, allowed } = setUp({ follows });
    await rooms.access("tea", viewer);
    clock.advance(trustedForMs);
    answers(undefined);
    await rooms.access("other", viewer);
    away();
    expect(await allowed("tea")).toBe(follows ? true : "unavailable");
  }
});

test("who left, was never in, or is unknown stays out", async () => {
  const { rooms, away, answers, allowed } = setUp({ follows: true });
  await rooms.access("tea", viewer);
  away();
  rooms.forget(room, viewer);
  for (const ref of ["tea", room, "unknown"]) expect(await allowed(ref)).toBe("unavailable");
  answers({ ...member, membership: undefined });
  await rooms.access("tea", viewer);
  away();
  expect(await allowed("tea")).toBe("unavailable");
});

test("a store that answers is always right", async () => {
  const { answers, rooms, allowed, away } = setUp({ follows: true });
  await rooms.access("tea", viewer);
  answers(undefined);
  expect(await allowed("tea")).toBe(false);
  away();
  expect(await allowed("tea")).toBe("unavailable");
});
