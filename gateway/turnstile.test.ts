/** Who is let in when many come at once. */
import { beforeEach, expect, test } from "bun:test";
import {
  createTurnstile,
  gentleMs,
  letInAtOnce,
  letInWhileMoreCome,
  maxWaiting,
  type Turnstile,
  turnMs,
} from "./turnstile.ts";

let nowMs: number;
let due: (() => void)[];
let came: number;
/** In their order, by when they came. */
let entered: number[];
let turnstile: Turnstile;

beforeEach(() => {
  [nowMs, due, came, entered] = [0, [], 0, []];
  turnstile = createTurnstile({ now: () => nowMs, after: (_, work) => void due.push(work) });
});

function come(count: number): void {
  for (let n = 0; n < count; n++) {
    const own = came++;
    void turnstile.enter().then((mayEnter) => (mayEnter ? entered.push(own) : undefined));
  }
}

/** @returns how many are let in */
async function pass(ms: number): Promise<number> {
  const before = entered.length;
  nowMs += ms;
  for (const work of due.splice(0)) work();
  await settled();
  return entered.length - before;
}

/** Promises that are kept already are heard of. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("few are let in at once, many a few at a time and in their order, and too many are told so", async () => {
  come(letInAtOnce + maxWaiting);
  expect(await turnstile.enter()).toBe(false);
  expect(turnstile.waiting()).toBe(maxWaiting);
  expect(entered.length).toBe(letInAtOnce);
  await pass(turnMs);
  for (let turn = 0; turn < 5; turn++) expect(await pass(turnMs)).toBe(letInAtOnce);
  expect(entered).toEqual(Array.from({ length: entered.length }, (_, n) => n));
});

test("while more come than are let in, fewer are let in, for a while", async () => {
  come(2 * letInAtOnce);
  await settled();
  const turns = Math.floor(gentleMs / turnMs) - 1;
  for (let turn = 0; turn < turns; turn++) {
    come(letInAtOnce + 1);
    expect(await pass(turnMs)).toBe(letInWhileMoreCome);
  }
  come(letInAtOnce + 1);
  expect(await pass(turnMs)).toBe(letInAtOnce);
});

test("as soon as no more come than are let in, those who wait are let in as fast as ever", async () => {
  come(10 * letInAtOnce);
  await settled();
  expect(await pass(turnMs)).toBe(letInWhileMoreCome);
  come(letInAtOnce);
  expect(await pass(turnMs)).toBe(letInAtOnce);
});

test("after a pause the next ones are let in at once again", async () => {
  for (let round = 0; round < 3; round++) {
    come(letInAtOnce);
    await settled();
    expect(entered.length).toBe((round + 1) * letInAtOnce);
    expect(turnstile.waiting()).toBe(0);
    await pass(turnMs);
  }
});
