/** How much of the time goes to work that is asked for all the time. Frames are stood in for: there is no page here. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { atHalfTime } from "./next-frame.ts";

const frameMs = 4;
const workMs = 10;
const runs = 12;
const given = { request: globalThis.requestAnimationFrame, cancel: globalThis.cancelAnimationFrame };

beforeAll(() => {
  globalThis.requestAnimationFrame = (work) => Number(setTimeout(() => work(performance.now()), frameMs));
  globalThis.cancelAnimationFrame = (frame) => clearTimeout(frame);
});
afterAll(() => {
  globalThis.requestAnimationFrame = given.request;
  globalThis.cancelAnimationFrame = given.cancel;
});

test("work that is asked for all the time takes half of it", async () => {
  let [worked, count] = [0, 0];
  const done = Promise.withResolvers<void>();
  const ask = atHalfTime(() => {
    const from = performance.now();
    while (performance.now() < from + workMs);
    worked += performance.now() - from;
    count += 1;
    if (count === runs) done.resolve();
  });
  const began = performance.now();
  const asking = setInterval(ask, 1);
  ask();
  await done.promise;
  clearInterval(asking);
  expect(worked / (performance.now() - began)).toBeLessThan(0.55);
});
