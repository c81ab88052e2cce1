/** Who is let in when many come at once. */
import { expect, test } from "bun:test";
import { until } from "../tests/support/wait.ts";
import { createTurnstile, letInAtOnce, maxWaiting } from "./turnstile.ts";

test("few are let in at once, many a few at a time and in their order, and too many are told so", async () => {
  const turnstile = createTurnstile();
  const entered: number[] = [];
  const comes = (n: number) => turnstile.enter().then((mayEnter) => (mayEnter ? entered.push(n) : undefined));
  const all = Array.from({ length: letInAtOnce + maxWaiting }, (_, n) => comes(n));
  expect(await turnstile.enter()).toBe(false);
  expect(turnstile.waiting()).toBe(maxWaiting);
  expect(entered).toEqual(Array.from({ length: letInAtOnce }, (_, n) => n));

  await until(() => entered.length > letInAtOnce, { what: "the next turn" });
  expect(entered.length % letInAtOnce).toBe(0);
  expect(entered.length).toBeLessThan(all.length);
  expect(entered).toEqual(Array.from({ length: entered.length }, (_, n) => n));
});

test("after a pause the next ones are let in at once again", async () => {
  const turnstile = createTurnstile();
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < letInAtOnce; n++) expect(await turnstile.enter()).toBe(true);
    expect(turnstile.waiting()).toBe(0);
    await Bun.sleep(20);
  }
});
