import { expect, test } from "bun:test";
import { closedWith, type Database } from "./database.ts";

test("what is done after a database is closed is done also where that fails", async () => {
  const done: string[] = [];
  const broken = {
    close() {
      done.push("closed");
      return Promise.reject(new Error("lost"));
    },
  } as unknown as Database;
  const closing = closedWith(broken, () => void done.push("after")).close();
  expect(await closing.catch((error: Error) => error.message)).toBe("lost");
  expect(done).toEqual(["closed", "after"]);
});
