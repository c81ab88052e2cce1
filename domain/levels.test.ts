import { expect, test } from "bun:test";
import packages from "../package.json";
import type { RoomEvent } from "./events.ts";
import type { EventId, RoomId, UserId } from "./ids.ts";
import { type Announced, isNewer, levelOf, obstacles, refusalOf, thisBuild, untilNewer } from "./levels.ts";

const event = (offset: number, level?: number): RoomEvent => ({
  id: Bun.randomUUIDv7() as EventId,
  room: Bun.randomUUIDv7() as RoomId,
  author: { id: Bun.randomUUIDv7() as UserId, name: "ana" },
  at: new Date(0).toISOString(),
  type: "event.discarded",
  offset,
  ...(level === undefined ? {} : { level }),
});

const announced = (change: Partial<Announced> = {}): Announced => ({
  ...{ id: Bun.randomUUIDv7(), name: "writer-1", role: "writer", silentSeconds: 3 },
  ...thisBuild,
  ...change,
});

test("the build says which release it is", () => {
  expect(thisBuild.release).toBe(packages.version);
});

test("nothing is written that the same build can't read", () => {
  expect(thisBuild.writes).toBeLessThanOrEqual(thisBuild.reads);
});

test("an event that says nothing is of the first level", () => {
  expect(levelOf(event(1))).toBe(1);
  expect(isNewer(event(1))).toBe(false);
  expect(isNewer(event(1, thisBuild.reads))).toBe(false);
  expect(isNewer(event(1, thisBuild.reads + 1))).toBe(true);
});

test("a run ends before the first event that a newer version made", () => {
  const [first, second, third] = [event(1), event(2, thisBuild.reads + 1), event(3)];
  expect(untilNewer([first, third])).toEqual([first, third]);
  expect(untilNewer([first, second, third])).toEqual([first]);
  expect(untilNewer([second])).toEqual([]);
});

test("who reads less is in the way, and who says nothing", () => {
  const state = { active: 1, live: [announced({ reads: 2 }), announced({ name: "bot-1" })], unannounced: ["old-1"] };
  expect(obstacles(2, state)).toEqual([
    `bot-1 is of ${thisBuild.release}, seen 3 s ago`,
    "old-1 does not say what it is, as versions before 0.2.0 do not",
  ]);
  expect(obstacles(1, { ...state, unannounced: [] })).toEqual([]);
});

test("a build that can't read what is there does not start, and says which can", () => {
  const newer = announced({ release: "0.3.0", previous: thisBuild.release, reads: 2, writes: 2 });
  expect(refusalOf(thisBuild, { active: 1, live: [newer], unannounced: [] })).toBeUndefined();
  expect(refusalOf(thisBuild, { active: 2, live: [newer], unannounced: [] })).toContain(
    "Install 0.3.0, as writer-1 has it.",
  );
  expect(refusalOf(thisBuild, { active: 2, live: [], unannounced: [] })).toContain(
    "Install the version that wrote it.",
  );
});

test.each([
  ["the same release", {}, true],
  ["the release before", { release: thisBuild.previous, previous: "" }, true],
  ["the release after", { release: "0.3.0", previous: thisBuild.release }, true],
  ["two releases before", { release: "0.0.9", previous: "0.0.8" }, false],
  ["two releases after", { release: "0.4.0", previous: "0.3.0" }, false],
] as const)("beside %s it starts: %p", (_name, change, starts) => {
  const refusal = refusalOf(thisBuild, { active: 1, live: [announced(change)], unannounced: [] });
  expect(refusal === undefined).toBe(starts);
});

test("beside one that says nothing of itself only its neighbour starts, and what is of the same version", () => {
  const state = { active: 1, live: [], unannounced: ["a process"] };
  expect(refusalOf({ ...thisBuild, release: "0.2.0", previous: "0.1.0" }, state)).toBeUndefined();
  expect(refusalOf({ ...thisBuild, release: "0.3.0", previous: "0.2.0" }, state)).toContain("a process is of 0.1.0");
});
