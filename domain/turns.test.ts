import { expect, test } from "bun:test";
import { createTurns, type Turns } from "./turns.ts";

/** What began, in order, and how to end it. */
function begun(inTurn: Turns) {
  const began: number[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const begin = (one: number) =>
    inTurn(() => {
      began.push(one);
      ends[one] = Promise.withResolvers();
      return ends[one].promise;
    });
  return { began, ends, begin };
}

test("so much is done at once, and the rest follows in the order in which it came", async () => {
  const { began, ends, begin } = begun(createTurns(2));
  const all = [0, 1, 2, 3].map(begin);
  expect(began).toEqual([0, 1]);
  ends[1]?.resolve();
  await all[1];
  // Who comes now is behind those who wait.
  all.push(begin(4));
  expect(began).toEqual([0, 1, 2]);
  ends[0]?.resolve();
  await all[0];
  expect(began).toEqual([0, 1, 2, 3]);
  for (const one of [2, 3]) ends[one]?.resolve();
  await Promise.all(all.slice(0, 4));
  ends[4]?.resolve();
  await all[4];
  expect(began).toEqual([0, 1, 2, 3, 4]);
});

test("what fails makes room for the next, and what comes when nobody waits begins at once", async () => {
  const inTurn = createTurns(1);
  const fails = inTurn(() => Promise.reject(new Error("away")));
  const next = inTurn(async () => "next");
  await expect(fails).rejects.toThrow("away");
  expect(await next).toBe("next");
  const { began, begin } = begun(inTurn);
  void begin(0);
  expect(began).toEqual([0]);
});

test("one more than may wait is refused, and takes no place", async () => {
  const asked: number[] = [];
  const inTurn = createTurns(1, (waiting) => {
    asked.push(waiting);
    if (waiting === 1) throw new Error("full");
  });
  const { began, ends, begin } = begun(inTurn);
  const all = [begin(0), begin(1)];
  const refused = begin(2).catch(({ message }) => message);
  expect(await Promise.race([refused, Bun.sleep(0)])).toBe("full");
  expect([asked, began]).toEqual([[0, 1], [0]]);
  ends[0]?.resolve();
  await all[0];
  ends[1]?.resolve();
  await all[1];
  expect(began).toEqual([0, 1]);
});
