import { expect, test } from "bun:test";
import { type Database, queriesOver } from "./database.ts";
import { withHousekeeping } from "./housekeeping.ts";

function databaseThatTells(did: (what: string) => void): Database {
  const run: Database["run"] = async (text) => {
    did(text);
    return [];
  };
  return {
    queries: queriesOver(run),
    run,
    transaction: async () => await Promise.reject(new Error("not asked for")),
    async close() {
      did("close");
      await Bun.sleep(20);
      did("closed");
    },
  };
}

test("a round comes by itself", async () => {
  const first = Promise.withResolvers<string>();
  const database = withHousekeeping(databaseThatTells(first.resolve), 0);
  expect(await first.promise).toBe("vacuum (analyze)");
  await database.close();
});

test("no round begins on a database that is closing", async () => {
  const done: string[] = [];
  const database = withHousekeeping(
    databaseThatTells((what) => done.push(what)),
    5,
  );
  await database.close();
  expect(done).toEqual(["close", "closed"]);
});
