/**
 * Statements are planned once per connection, perhaps on the first day, and kept while tables grow: what every message needs
 * must not read a table from end to end afterwards.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPostgres } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import type { EventId } from "#domain/ids.ts";
import type { Quote } from "#domain/quote.ts";
import { nameKey, type User } from "#domain/user.ts";
import { type PostgresServer, startPostgres } from "../../scripts/services/postgres.ts";
import { addPerson, openStory, type Stores, type Story } from "../contract/store-world.ts";

const fillWithinMs = 120_000;
/** Postgres keeps a plan for any parameters after five uses; the pool has ten connections. */
const usesAtOnce = 10;
const usesOneAfterTheOther = 8;
const roomCount = 60;
const batches = 40;
const batchSize = 500;
const firstDayReplies = 20;
/** Nothing makes Postgres plan anew, as between two rounds of its housekeeping. */
const settings = {
  autovacuum: "off",
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
};

let folder: string;
let server: PostgresServer;
let database: Database;
let stores: Stores;
let ada: User;
let story: Story;
/** Answers the one before, and so on, to the first. */
let newest: EventId;

let emoji = 0;
const nextEmoji = () => String.fromCodePoint(0x1f34e + (emoji++ % 20));

const lookUps: Readonly<Record<string, () => Promise<unknown>>> = {
  "whether an id is stored": () => stores.events.find(story.post(ada, "new").id),
  "which of a batch are stored": () => stores.events.findAll([story.post(ada, "new").id, story.post(ada, "newer").id]),
  "who may write in a room, by its id": () => stores.rooms.access(story.room.id, ada.id),
  "who may write in a room, by its slug": () => stores.rooms.access(story.room.slug, ada.id),
  "which of the named are members": () => stores.rooms.membersAmong(story.room.id, [ada.id]),
  "someone who is named": () => stores.users.byKey(nameKey(ada.name)),
  "where a room stands": () => stores.events.head(story.room.id),
  "events after an offset": () => stores.events.events(story.room.id, { after: 3, limit: 100, from: "oldest" }),
  "a page of a room": () => stores.events.timeline(story.room.id, { limit: 50 }),
  "messages for programs": () => stores.events.messages(story.room.id, { limit: 50 }),
  "a chain of replies": () => stores.events.chain(story.room.id, newest, 8),
  "a new message": () => story.write(story.post(ada, "new")),
  "a reaction": () => story.write(story.next(ada, { type: "reaction.added", message: newest, emoji: nextEmoji() })),
  "a deletion, with the words of what it deletes": async () => {
    const post = story.post(ada, "gone");
    await story.write(post, story.next(ada, { type: "message.edited", message: post.id, text: "gone", mentions: [] }));
    await story.write(story.next(ada, { type: "message.deleted", message: post.id }));
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-kept-plans-"));
  server = await startPostgres({ folder, settings });
  database = await openPostgres(server.url);
  stores = openPostgresStores(database);
  ada = await addPerson(stores);
  story = await openStory(stores, ada, [ada]);
  for (let n = 0, to: Quote | undefined; n < firstDayReplies; n++) to = await answer(to);
  for (let use = 0; use < usesOneAfterTheOther; use++)
    for (const look of Object.values(lookUps)) await Promise.all(Array.from({ length: usesAtOnce }, look));
  for (let room = 0; room < roomCount; room++) await openStory(stores, await addPerson(stores), [ada]);
  for (let batch = 0; batch < batches; batch++)
    await story.write(...Array.from({ length: batchSize }, (_, n) => story.post(ada, `message ${n}`)));
}, fillWithinMs);

async function answer(replyTo: Quote | undefined): Promise<Quote> {
  const event = story.next(ada, { type: "message.posted", text: "yes", mentions: [], ...(replyTo && { replyTo }) });
  await story.write(event);
  const { id, offset, author } = event;
  newest = id;
  return { id, offset, author, text: "yes" };
}

afterAll(async () => {
  await database?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}, fillWithinMs);

describe("a plan of the first day does not read the tables that grow with every message whole for", () => {
  for (const [what, look] of Object.entries(lookUps)) {
    test(what, async () => {
      const log = join(folder, "postgres.log");
      const from = Bun.file(log).size;
      await Promise.all(Array.from({ length: usesAtOnce }, look));
      const plans = await Bun.file(log).slice(from).text();
      expect(plans).toContain("Query Text:");
      if (/Seq Scan on (event_places|room_events|messages)|Bitmap Heap Scan on (room_events|messages)/.test(plans))
        throw new Error(plans);
    });
  }
});
