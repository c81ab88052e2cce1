/** Who is let in when many come at once. */
import { expect, test } from "bun:test";
import { until } from "../tests/support/wait.ts";
import { createTurnstile, gentleMs, letInAtOnce, letInWhileMoreCome, maxWaiting, turnMs } from "./turnstile.ts";

test("few are let in at once, many a few at a time and in their order, and too many are told so", async () => {
  const turnstile = createTurnstile();
  const entered: number[] = [];
  const comes = (n: number) => turnstile.enter().then((mayEnter) => (mayEnter ? entered.push(n) : undefined));
  const all = Array.from({ length: letInAtOnce + maxWaiting }, (_, n) => comes(n));
  expect(await turnstile.enter()).toBe(false);
  expect(turnstile.waiting()).toBe(maxWaiting);
  expect(entered).toEqual(Array.from({ length: letInAtOnce }, (_, n) => n));

  // More came than are let in, then nobody.
  const first = letInAtOnce + letInWhileMoreCome;
  await until(() => entered.length >= first + letInAtOnce, { what: "the turns after that" });
  expect((entered.length - first) % letInAtOnce).toBe(0);
  expect(entered.length).toBeLessThan(all.length);
  expect(entered).toEqual(Array.from({ length: entered.length }, (_, n) => n));
});

test("while more come than are let in, fewer are let in, for a while", async () => {
  const turnstile = createTurnstile();
  let entered = 0;
  const began = performance.now();
  const passed = () => performance.now() - began;
  const moreCome = async (untilMs: number) => {
    while (passed() < untilMs) {
      for (let n = 0; n <= letInAtOnce; n++) void turnstile.enter().then((mayEnter) => (entered += mayEnter ? 1 : 0));
      await Bun.sleep(turnMs / 2);
    }
  };
  await moreCome(gentleMs / 2);
  const gently = entered;
  expect(gently).toBeGreaterThan(letInAtOnce);
  expect(gently).toBeLessThanOrEqual(letInAtOnce + (passed() / turnMs) * letInWhileMoreCome);
  await moreCome(gentleMs + 500);
  // Half of that time as before, the other half as fast as ever.
  expect(entered - gently).toBeGreaterThan(2 * gently);
});

test("after a pause the next ones are let in at once again", async () => {
  const turnstile = createTurnstile();
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < letInAtOnce; n++) expect(await turnstile.enter()).toBe(true);
    expect(turnstile.waiting()).toBe(0);
    await Bun.sleep(20);
  }
});
