import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { type Database, DatabaseLost, QueryRefused, queriesOver } from "#db/database.ts";
import { isChatError } from "#domain/errors.ts";
import { ask, askTogether, repeated } from "./failures.ts";

function failing(error: Error): Database {
  const run = () => Promise.reject(error);
  const queries = queriesOver(run);
  return { queries, run, transaction: async (work) => await work(queries), close: async () => undefined };
}

async function failureOf(error: Error): Promise<unknown> {
  const database = failing(error);
  const work = async (queries: Database["queries"]) => await queries.execute(sql`select ${"secret"}`);
  const alone = await ask(database, work).catch((failure: unknown) => failure);
  const together = await askTogether(database, work).catch((failure: unknown) => failure);
  expect(isChatError(together)).toBe(isChatError(alone));
  return alone;
}

const refused = (sqlState: string) => new QueryRefused("no", sqlState, "users_name_key_unique");

test("a lost database and passing troubles are unavailable, with their cause", async () => {
  for (const error of [
    new DatabaseLost("gone"),
    ...["40001", "40P01", "53300", "57P01", "55P03", "42P01"].map(refused),
  ]) {
    const failure = await failureOf(error);
    expect(isChatError(failure, "unavailable")).toBe(true);
    expect((failure as Error).cause).toBe(error);
  }
});

test("bad data, broken constraints and our own mistakes are not", async () => {
  for (const error of [...["22P05", "22P02", "23503", "23505", "54000", "42601"].map(refused), new TypeError("bug")]) {
    expect(await failureOf(error)).toBe(error);
  }
});

test("a repeated value names its constraint", () => {
  expect(repeated(refused("23505"))).toBe("users_name_key_unique");
  expect(repeated(refused("23503"))).toBeUndefined();
  expect(repeated(new Error("other"))).toBeUndefined();
});
