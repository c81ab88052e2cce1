import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import { createRenderTurns, maxWaitingPerPerson, turnMs } from "./render-turns.ts";

/** A clock that goes on while something is rendered, and timers that a test lets off. */
function handClock() {
  let nowMs = 0;
  const timers: (() => void)[] = [];
  return {
    clock: { now: () => nowMs, after: (_: number, work: () => void) => void timers.push(work) },
    takes: (ms: number) => {
      nowMs += ms;
    },
    /** What waits for a timer goes on, and does all that it can. */
    async tick() {
      for (const work of timers.splice(0)) work();
      for (let n = 0; n < 20; n++) await Promise.resolve();
    },
  };
}

test("what takes long is rendered in several turns, and two people have theirs in turn", async () => {
  const { clock, takes, tick } = handClock();
  const turns = createRenderTurns(clock);
  const done: string[] = [];
  const render = (who: string) =>
    turns.firstWithin(who, [1, 2, 3], (n) => {
      takes(turnMs);
      done.push(`${who}${n}`);
      return 10;
    });
  const all = Promise.all([render("a"), render("b")]);
  for (let n = 0; n < 10; n++) await Promise.resolve();
  expect(done).toEqual(["a1"]);
  for (let n = 0; n < 8; n++) await tick();
  expect(await all).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(done).toEqual(["a1", "a2", "b1", "a3", "b2", "b3"]);
});

test("what takes no time is done at once, and ends with the item that fills the budget", async () => {
  const turns = createRenderTurns(handClock().clock);
  expect(await turns.firstWithin("a", [1, 2, 3, 4], () => 10, 20)).toEqual([1, 2]);
  expect(await turns.firstWithin("a", [], () => 10, 20)).toEqual([]);
});

test("pages of one person wait for each other, those of another don't wait for them; one that fails holds up nobody", async () => {
  const { clock, takes, tick } = handClock();
  const turns = createRenderTurns(clock);
  const done: string[] = [];
  const render = (who: string, page: number) =>
    turns.firstWithin(who, [1, 2], () => {
      takes(turnMs);
      if (who === "bad") throw new Error("not rendered");
      done.push(`${who}${page}`);
      return 1;
    });
  const failing = render("bad", 1).catch((error: Error) => error.message);
  const all = Promise.all([render("a", 1), render("a", 2), render("a", 3), render("b", 1)]);
  for (let n = 0; n < 20; n++) await tick();
  expect(await failing).toBe("not rendered");
  await all;
  expect(done).toEqual(["a1", "a1", "b1", "a2", "b1", "a2", "a3", "a3"]);
});

test("as many of one person's pages wait as may, and one more is refused", async () => {
  const { clock, takes, tick } = handClock();
  const turns = createRenderTurns(clock);
  const render = (who: string) =>
    turns.firstWithin(who, [1], () => {
      takes(turnMs);
      return 1;
    });
  const waiting = Array.from({ length: 1 + maxWaitingPerPerson }, () => render("a"));
  const refused = await render("a").catch((error: unknown) => isChatError(error, "rate-limited"));
  expect(refused).toBe(true);
  const other = render("b");
  for (let n = 0; n < 2 * maxWaitingPerPerson; n++) await tick();
  expect(await Promise.all(waiting)).toHaveLength(1 + maxWaitingPerPerson);
  expect(await other).toEqual([1]);
  expect(await render("a")).toEqual([1]);
});
