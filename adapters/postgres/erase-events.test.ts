/** What was deleted before this version, or with very many edits, is erased piece by piece; the words of what replies answer go as well. */
import { afterAll, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { QueryRefused } from "#db/database.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import { eventually } from "#tests/contract/samples.ts";
import { addPerson, openStory } from "#tests/contract/store-world.ts";
import { freshDatabase } from "#tests/support/test-database.ts";
import { rowsWith } from "#tests/support/told-words.ts";
import { erasedAtOnce, eraseRest, startErasing } from "./erase-events.ts";
import { openPostgresStores } from "./stores.ts";

const database = await freshDatabase();
afterAll(() => database.close());
const stores = openPostgresStores(database, () => void eraseRest(database));
const ada = await addPerson(stores);
const secret = "xyzzy";

const edit = (message: EventId) => ({ type: "message.edited", message, text: secret, mentions: [] }) as const;

const wordsKept = async (word: string) => await rowsWith(database.queries, [word]);

/** As a version before left it: the message reads deleted, its events say what they said. */
async function deletedBefore(count: number): Promise<readonly RoomEvent[]> {
  const story = await openStory(stores, ada, [ada]);
  const posts = Array.from({ length: count }, () => story.post(ada, secret));
  const others = posts.map(({ id, offset, author }) =>
    story.next(ada, { type: "message.posted", text: "other", mentions: [], replyTo: { id, offset, author, text: "" } }),
  );
  await story.write(...posts, ...others, ...posts.map(({ id }) => story.next(ada, edit(id))));
  await database.queries.execute(sql`
    update messages set text = '', deleted = true where room_id = ${story.room.id} and room_offset <= ${count + 1}`);
  await database.queries.execute(sql`
    update room_events set body = jsonb_set(body, '{replyTo,text}', ${JSON.stringify(secret)}::jsonb)
    where room_id = ${story.room.id} and body -> 'replyTo' is not null`);
  return await stores.events.events(story.room.id, { limit: 1_000, from: "oldest" });
}

test("what a version before deleted is erased, and what it quoted; replies don't show it before that either", async () => {
  const before = await deletedBefore(250);
  await database.queries.execute(sql`analyze`);
  expect(await wordsKept(secret)).toHaveLength(750);
  for (const one of before) if (one.type === "message.posted") expect(one.replyTo?.text ?? "").toBe("");
  const [{ room }] = before as [RoomEvent];

  await Promise.all([eraseRest(database), eraseRest(database), eraseRest(database)]);

  expect(await wordsKept(secret)).toEqual([]);
  const after = await stores.events.events(room, { limit: 1_000, from: "oldest" });
  expect(after.map(({ id, offset, type }) => [id, offset, type])).toEqual(
    before.map(({ id, offset, type }) => [id, offset, type]),
  );
  expect(after.filter(({ deleted }) => deleted)).toHaveLength(500);
  expect(after.filter((one) => one.type === "message.posted" && one.text === "other")).toHaveLength(250);
  await eraseRest(database);
});

test("it stops where it is told to, and goes on later", async () => {
  await deletedBefore(250);
  const stop = new AbortController();
  stop.abort();
  await eraseRest(database, stop.signal);
  await database.queries.execute(sql`analyze`);
  expect(await wordsKept(secret)).toHaveLength(750);
  await eraseRest(database);
  expect(await wordsKept(secret)).toEqual([]);
});

test.each([erasedAtOnce - 1, erasedAtOnce, 2 * erasedAtOnce])(
  "a deletion takes the words of %i edits with it, a bounded number with the batch and the rest right after",
  async (count) => {
    const story = await openStory(stores, ada, [ada]);
    const post = story.post(ada, secret);
    await story.write(post, ...Array.from({ length: count }, () => story.next(ada, edit(post.id))));
    await story.write(story.next(ada, { type: "message.deleted", message: post.id }));
    const left = await wordsKept(secret);
    expect(left.length).toBeLessThanOrEqual(count + 1 - Math.min(count + 1, erasedAtOnce));
    await eventually("erased", async () => (await wordsKept(secret)).length === 0);
  },
);

test("an edit that was stored before its message, and the deletion between them, keeps no words", async () => {
  const story = await openStory(stores, ada, [ada]);
  const post = story.post(ada, secret);
  await story.write(story.next(ada, edit(post.id)));
  await story.write(story.next(ada, { type: "message.deleted", message: post.id }));
  await story.write(post);
  await eventually("erased", async () => (await wordsKept(secret)).length === 0);
  // Also where something of the batch is stored already.
  const again = story.post(ada, secret);
  await story.write(story.next(ada, edit(again.id)));
  await story.write(story.next(ada, { type: "message.deleted", message: again.id }));
  await story.write(post, again);
  await eventually("erased", async () => (await wordsKept(secret)).length === 0);
});

test("what fails while the database can't do it is tried again, and told once; then it goes on when it is woken", async () => {
  await deletedBefore(150);
  const told: unknown[] = [];
  let left = 3;
  const failing: typeof database = {
    ...database,
    async transaction(work) {
      if (left-- > 0) throw new QueryRefused("deadlock detected", "40P01", undefined);
      return await database.transaction(work);
    },
  };
  const eraser = startErasing(failing, (error) => told.push(error));
  await eventually("erased", async () => (await wordsKept(secret)).length === 0);
  expect(told).toHaveLength(1);
  await deletedBefore(10);
  eraser.wake();
  await eventually("erased", async () => (await wordsKept(secret)).length === 0);
  await eraser.close();
});

test("what can't be done at all is told, and tried again when it is woken", async () => {
  await deletedBefore(10);
  const told: unknown[] = [];
  let left = 1;
  const failing: typeof database = {
    ...database,
    async transaction(work) {
      if (left-- > 0) throw new Error("a mistake");
      return await database.transaction(work);
    },
  };
  const eraser = startErasing(failing, (error) => told.push(error));
  await eventually("told", () => told.length === 1);
  eraser.wake();
  await eventually("erased", async () => (await wordsKept(secret)).length === 0);
  await eraser.close();
});
