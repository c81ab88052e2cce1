/** How many statements the stores need, counted on a database that answers nothing. What they mean is in tests/contract/. */
import { expect, test } from "bun:test";
import { type Database, queriesOver } from "#db/database.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { coalesce, maxCoalescedKeys } from "./coalesce.ts";
import { openPostgresStores } from "./stores.ts";

function counted(inserted: { id: string }[] = []) {
  const statements: string[] = [];
  const run = async (text: string) => {
    statements.push(text);
    return text.includes("insert into room_events") ? inserted : [];
  };
  const queries = queriesOver(run);
  const database: Database = {
    queries,
    run,
    transaction: async (work) => await work(queries),
    close: async () => undefined,
  };
  return { statements, ...openPostgresStores(database) };
}

const id = <Id extends string>() => Bun.randomUUIDv7() as Id;
const many = Array.from({ length: 100 });

test("look-ups that are asked for together are one statement", async () => {
  const { statements, events, rooms, users } = counted();
  await Promise.all(many.map(() => events.find(id<EventId>())));
  await Promise.all(many.map(() => rooms.access(id(), id<UserId>())));
  await Promise.all(many.map((_, index) => users.byKey(`key${index}`)));
  expect(statements).toHaveLength(3);
});

test("the sidebar is one statement", async () => {
  const { statements, rooms } = counted();
  await rooms.joinedBy(id<UserId>());
  expect(statements).toHaveLength(1);
});

test("a thousand messages are written by one statement", async () => {
  const inserted = Array.from({ length: 1_000 }, () => ({ id: id<EventId>() }));
  const { statements, events } = counted(inserted);
  const room = id<RoomId>();
  const author = { id: id<UserId>(), name: "Ada" };
  const event = (_: unknown, index: number): RoomEvent => {
    const at = new Date(index).toISOString();
    return { id: id<EventId>(), room, author, at, offset: index + 1, type: "message.posted", text: "hi", mentions: [] };
  };
  await events.write([{ room, epoch: "e", events: Array.from({ length: 1_000 }, event) }]);
  expect(statements).toHaveLength(1);
});

test("a query takes a bounded number of keys, each once, and keeps no answer", async () => {
  const reads: number[] = [];
  const look = coalesce(async (keys: readonly number[]) => {
    reads.push(keys.length);
    return new Map(keys.map((key) => [key, `value ${key}`]));
  });
  const keys = Array.from({ length: maxCoalescedKeys + 1 }, (_, index) => index % maxCoalescedKeys);
  expect(await Promise.all(keys.map(look))).toEqual(keys.map((key) => `value ${key}`));
  expect(reads).toEqual([maxCoalescedKeys, 1]);
  await look(0);
  expect(reads).toHaveLength(3);
});

test("what is asked for while a query is on its way joins the next, and a failed query fails only its own", async () => {
  const reads: (readonly number[])[] = [];
  const answers: PromiseWithResolvers<ReadonlyMap<number, string>>[] = [];
  const look = coalesce((keys: readonly number[]) => {
    reads.push(keys);
    const answer = Promise.withResolvers<ReadonlyMap<number, string>>();
    answers.push(answer);
    return answer.promise;
  });
  const first = look(1);
  while (reads.length < 1) await new Promise(setImmediate);
  const [second, third] = [look(2), look(3)];
  await new Promise(setImmediate);
  expect(reads).toEqual([[1]]);
  answers[0]?.reject(new Error("lost"));
  const failure = await first.catch((error: Error) => error.message);
  expect(failure).toBe("lost");
  while (reads.length < 2) await new Promise(setImmediate);
  answers[1]?.resolve(new Map([[2, "two"]]));
  expect(await Promise.all([second, third])).toEqual(["two", undefined]);
  expect(reads).toEqual([[1], [2, 3]]);
});
