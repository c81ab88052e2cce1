/** Code that is fetched when it is needed: once for all who ask, again when it did not come, and never under the same address twice. */
import { expect, test } from "bun:test";
import { fetchOnDemand } from "./load-actions.ts";

function scripted(...outcomes: boolean[]) {
  const asked: number[] = [];
  const fetchCode = fetchOnDemand(async (again) => {
    asked.push(again);
    if (!outcomes.shift()) throw new TypeError("Failed to fetch dynamically imported module");
    return "code";
  }, 1);
  return { asked, fetchCode };
}

test("is fetched once, however many ask, now and later", async () => {
  const { asked, fetchCode } = scripted(true);
  expect(await Promise.all([fetchCode(), fetchCode()])).toEqual(["code", "code"]);
  expect(await fetchCode()).toBe("code");
  expect(asked).toEqual([0]);
});

test("has a second attempt, at another address", async () => {
  const { asked, fetchCode } = scripted(false, true);
  expect(await Promise.all([fetchCode(), fetchCode()])).toEqual(["code", "code"]);
  expect(asked).toEqual([0, 1]);
});

test("is nothing when both fail, and is asked for anew the next time", async () => {
  const { asked, fetchCode } = scripted(false, false, false, true);
  expect(await fetchCode()).toBeUndefined();
  expect(asked).toEqual([0, 1]);
  expect(await fetchCode()).toBe("code");
  expect(asked).toEqual([0, 1, 2, 3]);
});
