/** Which levels there are among records, and who can read them. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import { maxLevel } from "#domain/levels.ts";
import { samplePost, sampleRoom } from "#tests/contract/samples.ts";
import { decodeEvent, encodeEvent, type IncomingRecord, levelHeader } from "./record.ts";
import { levelsAmong } from "./record-levels.ts";

const record = (level: string): IncomingRecord => ({ key: null, value: null, headers: { [levelHeader]: level } });
const records = (...levels: number[]) => levels.map((level) => record(`${level}`));

/** Levels that were asked about, by others than the first. */
function upTo(active: number) {
  const asked: number[] = [];
  return { asked, mayExist: async (level: number) => asked.push(level) > 0 && level <= active };
}

test("of records of the first level nothing is asked", async () => {
  const levels = upTo(1);
  expect(await levelsAmong(records(1, 1), levels)).toEqual({ unwritten: Number.POSITIVE_INFINITY });
  expect(levels.asked).toEqual([]);
});

test.each([
  // A build that reads up to, the active level, what the records have: what nobody writes, what only newer ones read, what was asked.
  [1, 1, [maxLevel, 1, 7], 7, undefined, [7]],
  [1, 2, [1, 2, 1], Number.POSITIVE_INFINITY, 2, [2]],
  [1, 3, [3, 2, 9], 9, 2, [2, 3, 9]],
  [2, 1, [1, 2], 2, undefined, [2]],
  [2, 2, [2, 1, 2], Number.POSITIVE_INFINITY, undefined, [2]],
  [2, 3, [2, 3, 4], 4, 3, [2, 3, 4]],
] as const)(
  "a reader of level %d where level %d is active: %p",
  async (reads, active, given, unwritten, newer, asked) => {
    const levels = upTo(active);
    const found = await levelsAmong(records(...given), levels, reads);
    expect(found.unwritten).toBe(unwritten);
    expect(found.newer?.level as number | undefined).toBe(newer);
    expect(levels.asked).toEqual([...asked]);
  },
);

test("any number of forged levels costs one question", async () => {
  const levels = upTo(1);
  await levelsAmong(records(...Array.from({ length: 500 }, (_, at) => 1_000 - at)), levels);
  expect(levels.asked).toEqual([501]);
});

test("what says of no level that it has it asks nothing, and while nobody can tell nobody says no", async () => {
  const away = { mayExist: () => Promise.reject(unavailable("away")) };
  const { unwritten } = await levelsAmong([record("x"), record("0"), record(`${maxLevel + 1}`)], away);
  expect(unwritten).toBe(Number.POSITIVE_INFINITY);
  await expect(levelsAmong(records(2), away)).rejects.toThrow("away");
});

test("what is of a level that could be read and that nobody writes is no event", () => {
  const event = { ...samplePost(sampleRoom(), "forged"), level: 2 };
  const { key, value, headers } = encodeEvent(event);
  const given = { key: Buffer.from(key), value, headers };
  expect(() => decodeEvent(given, 2)).toThrow("its level is 2, and nobody writes that");
  expect(decodeEvent(given, 3)).toEqual(event);
});
