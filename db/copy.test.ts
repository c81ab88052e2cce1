import { afterEach, beforeEach, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { freshDatabase } from "#tests/support/test-database.ts";
import { copyAll } from "./copy.ts";
import type { Database, Queries } from "./database.ts";

const limitMs = 60_000;
const id = "01976b7e-0000-7000-8000-000000000001";
const secret = "what was said";

let source: Database;
let target: Database;
beforeEach(async () => {
  [source, target] = [await freshDatabase(), await freshDatabase()];
  await source.queries.execute(sql`
    insert into messages (id, room_id, room_offset, author_id, text, at, mentions)
    values (${id}, ${id}, 1, ${id}, ${secret}, now(), '[]')`);
}, limitMs);
afterEach(async () => {
  await source.close();
  await target.close();
});

const textsOf = ({ queries }: Database) => queries.execute(sql`select text from messages`);

async function settings(queries: Queries): Promise<string[]> {
  const names = ["idle_in_transaction_session_timeout", "statement_timeout", "transaction_isolation"];
  const rows = await queries.execute<{ setting: string }>(
    sql`select setting from pg_settings where name in ${names} order by name`,
  );
  return rows.map(({ setting }) => setting);
}

/** Answers in transactions alone, since there is a deadline outside, and tells how these ended. */
function inTransactionsOf(database: Database): { database: Database; ended: string[][] } {
  const refuse = () => Promise.reject(new Error("asked outside of a transaction"));
  const ended: string[][] = [];
  const transaction: Database["transaction"] = (work) =>
    database.transaction(async (queries) => {
      const result = await work(queries);
      ended.push(await settings(queries));
      return result;
    });
  return { database: { ...database, queries: { ...database.queries, execute: refuse } as never, transaction }, ended };
}

test("a copy takes as long as it takes, from one state of its source", async () => {
  const [from, into] = [inTransactionsOf(source), inTransactionsOf(target)];
  await copyAll(from.database, into.database, () => undefined);
  expect(from.ended).toEqual([["0", "0", "repeatable read"]]);
  expect(into.ended).toEqual([
    ["0", "0", "read committed"],
    ["0", "0", "read committed"],
  ]);
  expect(await textsOf(target)).toEqual([{ text: secret }]);
});

test("what was copied stays when the planner could not learn of it", async () => {
  let transactions = 0;
  const transaction: Database["transaction"] = async (work) => {
    if (++transactions > 1) throw new Error("no time");
    return await target.transaction(work);
  };
  await copyAll(source, { ...target, transaction }, () => undefined);
  expect(transactions).toBe(2);
  expect(await textsOf(target)).toEqual([{ text: secret }]);
});

test("what can't be copied is said without what it says", async () => {
  await target.queries.execute(sql`alter table messages add constraint short check (length(text) < 3)`);
  const refused = await copyAll(source, target, () => undefined).catch((error: Error) => error.message);
  expect(refused).toContain(
    'It could not be copied: new row for relation "messages" violates check constraint "short"',
  );
  expect(refused).not.toContain(secret);
  expect(await textsOf(target)).toEqual([]);
});
