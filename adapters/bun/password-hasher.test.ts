/** Password hashing: what is stored, what an absent hash costs, and how many may wait. */
import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import { absentHash, createBunPasswordHasher, maxHashing, maxWaiting } from "./password-hasher.ts";

const parameters = "$argon2id$v=19$m=19456,t=2,p=1$";

test("a password is verified against its own hash only", async () => {
  const hasher = createBunPasswordHasher();
  const hash = await hasher.hash("correct horse");
  expect(hash).toStartWith(parameters);
  expect(await hasher.verify("correct horse", hash)).toBe(true);
  expect(await hasher.verify("battery staple", hash)).toBe(false);
  expect(await hasher.hash("correct horse")).not.toBe(hash);
});

test("an absent hash never verifies, and is computed with the same parameters as any other", async () => {
  expect(absentHash).toStartWith(parameters);
  const hasher = createBunPasswordHasher();
  expect(await hasher.verify("correct horse", undefined)).toBe(false);
  expect(await hasher.verify("", undefined)).toBe(false);
});

test("an absent hash takes about as long as a wrong password", async () => {
  const hasher = createBunPasswordHasher();
  const hash = await hasher.hash("correct horse");
  const timed = async (against: string | undefined) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      await hasher.verify("wrong", against);
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  };
  const ratio = (await timed(undefined)) / (await timed(hash));
  expect(ratio).toBeGreaterThan(0.3);
  expect(ratio).toBeLessThan(3);
});

test("one more than may wait is refused at once, and the others are served", async () => {
  const hasher = createBunPasswordHasher();
  // What can't be parsed as a hash fails fast, so that this test costs no hashing.
  const accepted = Array.from({ length: maxHashing + maxWaiting }, () => hasher.verify("x", "no hash"));
  const settled = Promise.allSettled(accepted);
  const refused = await hasher.verify("x", "no hash").catch((error) => error);
  expect(isChatError(refused, "unavailable") && refused.retryAfterMs).toBe(2_000);
  for (const one of await settled) expect(one.status === "rejected" && isChatError(one.reason)).toBe(false);
  expect(await hasher.verify("x", await hasher.hash("x"))).toBe(true);
});
