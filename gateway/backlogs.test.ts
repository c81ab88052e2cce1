import { expect, test } from "bun:test";
import type { UserId } from "#domain/ids.ts";
import { endGreediest } from "./backlogs.ts";

const [ana, ben] = ["ana" as UserId, "ben" as UserId];

/** @returns the bytes of those that were ended */
function ended(
  backlogs: readonly (readonly [UserId, number])[],
  limits: { perPerson: number; inAll: number },
): number[] {
  const gone: number[] = [];
  endGreediest(
    backlogs.map(([user, bytes]) => ({ user, bytes, end: () => void gone.push(bytes) })),
    limits,
  );
  return gone;
}

test("nobody is ended while each person and all together stay within their bounds", () => {
  expect(
    ended(
      [
        [ana, 60],
        [ana, 40],
        [ben, 100],
      ],
      { perPerson: 100, inAll: 200 },
    ),
  ).toEqual([]);
});

test("one byte more, and of that person the one with most waiting goes, nobody else", () => {
  expect(
    ended(
      [
        [ana, 41],
        [ben, 100],
        [ana, 60],
      ],
      { perPerson: 100, inAll: 300 },
    ),
  ).toEqual([60]);
});

test("one byte more in all, and whoever has most waiting goes", () => {
  expect(
    ended(
      [
        [ana, 41],
        [ben, 99],
        [ana, 59],
      ],
      { perPerson: 100, inAll: 198 },
    ),
  ).toEqual([99]);
});
