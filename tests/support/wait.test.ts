import { expect, test } from "bun:test";
import { until } from "./wait.ts";

test("returns the first truthy answer", async () => {
  let asked = 0;
  expect(await until(() => (++asked === 3 ? "third" : undefined), { what: "the third" })).toBe("third");
});

test("a condition that throws is asked again", async () => {
  let asked = 0;
  const condition = async () => {
    if (++asked < 3) throw new Error("not yet");
    return asked;
  };
  expect(await until(condition, { what: "no error" })).toBe(3);
});

test("gives up at the deadline with a sentence and the last error", async () => {
  const failed = until(() => Promise.reject(new Error("refused")), { deadlineMs: 20, what: "the server" });
  const error = await failed.then(String, (thrown: Error) => thrown);
  expect(error).toMatchObject({ message: "waited 20 ms in vain for the server", cause: { message: "refused" } });
});

test("a deadline of zero still asks once", async () => {
  expect(await until(() => true, { deadlineMs: 0, what: "anything" })).toBe(true);
});
