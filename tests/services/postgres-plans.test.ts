/** With many rows, what people read often is found through indexes: Postgres itself says how it looked. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPostgres } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { poolSize } from "#db/postgres.ts";
import type { RoomEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import { nameKey, type User } from "#domain/user.ts";
import { type PostgresServer, startPostgres } from "../../scripts/services/postgres.ts";
import { addPerson, openStory, type Stores, type Story } from "../contract/store-world.ts";

const fillWithinMs = 120_000;
/** With fewer rows the planner rightly reads a small table whole. */
const clonedUsers = 60_000;
const clonedRooms = 20_000;
const clonedPlaces = 200_000;
const messagesInAll = 20_000;
const batchSize = 500;
const membersOfTheBusyRoom = 60;
const roomsOfOne = 20;
/** Every statement's plan goes to the log. */
const explainAll = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
};

let folder: string;
let server: PostgresServer;
let database: Database;
let stores: Stores;
let reader: User;
let busy: Story;
let replies: Story;
let lastReply: EventId;
let middle: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superchat-plans-"));
  server = await startPostgres({ folder, settings: explainAll });
  database = await openPostgres(server.url);
  stores = openPostgresStores(database);
  await fill();
  await multiply();
}, fillWithinMs);

afterAll(async () => {
  await database?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}, fillWithinMs);

async function fill(): Promise<void> {
  const users = await Promise.all(Array.from({ length: membersOfTheBusyRoom }, () => addPerson(stores)));
  reader = users[0]!;
  busy = await openStory(stores, reader, users);
  const talkers = users.slice(1, 11);
  const talker = (at: number) => talkers[at % talkers.length]!;
  for (let count = 0; count < roomsOfOne; count++) {
    const story = await openStory(stores, reader, [reader]);
    await story.write(...Array.from({ length: 5 }, () => story.post(talker(count), "short", [reader.id])));
  }
  for (let count = 0; count < messagesInAll; count += batchSize)
    await busy.write(...Array.from({ length: batchSize }, (_, at) => busy.post(talker(at), `message ${count + at}`)));
  middle = messagesInAll / 2;
  replies = await openStory(stores, reader, users);
  await replies.write(...talk(messagesInAll / 10, talkers));
}

/** Each message answers the one before. */
function talk(count: number, talkers: readonly User[]): readonly RoomEvent[] {
  const events = [replies.post(reader, "first")];
  for (const talker of Array.from({ length: count }, (_, at) => talkers[at % talkers.length]!)) {
    const { id, offset, author } = events.at(-1)!;
    const replyTo = { id, offset, author, text: "" };
    events.push(replies.next(talker, { type: "message.posted", text: "yes", mentions: [author.id], replyTo }));
  }
  lastReply = events.at(-1)!.id;
  return events;
}

/** Copies of rows that the stores wrote, so that this need not know the columns. */
async function multiply(): Promise<void> {
  const client = postgres(server.url, { max: 1 });
  await client.unsafe(`
    insert into users select c.* from (select * from users limit 1) u, generate_series(1, ${clonedUsers}) n,
      jsonb_populate_record(null::users, to_jsonb(u) || jsonb_build_object('id', gen_random_uuid(), 'name_key', 'clone' || n,
        'name_skeleton', 'clone' || n, 'name_folded', 'clone' || n)) c`);
  await client.unsafe(`
    insert into rooms select c.* from (select * from rooms limit 1) r, generate_series(1, ${clonedRooms}) n,
      jsonb_populate_record(null::rooms, to_jsonb(r) || jsonb_build_object('id', gen_random_uuid(), 'slug', 'clone' || n,
        'name_key', 'clone' || n, 'name_skeleton', 'clone' || n, 'name_folded', 'clone' || n)) c`);
  await client.unsafe(`
    insert into memberships select c.* from (select * from memberships limit 1) m, generate_series(1, ${clonedRooms}) n
      join rooms r on r.slug = 'clone' || n cross join generate_series(0, 2) k join users u on u.name_key = 'clone' || n + k,
      jsonb_populate_record(null::memberships, to_jsonb(m) || jsonb_build_object('room_id', r.id, 'user_id', u.id)) c`);
  await client.unsafe(`
    insert into mentions select c.* from (select * from mentions limit 1) m, memberships s,
      jsonb_populate_record(null::mentions, to_jsonb(m) || jsonb_build_object('room_id', s.room_id,
        'user_id', s.user_id, 'room_offset', 1000000)) c`);
  await client.unsafe(`
    insert into event_places select c.* from (select * from event_places limit 1) p, generate_series(1, ${clonedPlaces}) n,
      jsonb_populate_record(null::event_places, to_jsonb(p) || jsonb_build_object('id', md5(n::text)::uuid)) c`);
  // Each of many people is asked into rooms, and into direct ones.
  await client.unsafe(`
    insert into invitations (room_id, user_id, inviter_id, created_at)
      select m.room_id, u.id, m.user_id, now() from memberships m join users u on u.name_key = 'clone' || (1 + abs(hashtext(m.room_id::text)) % 900)
      on conflict do nothing;
    insert into rooms select c.* from (select * from rooms limit 1) r, generate_series(1, ${clonedRooms}) n
      join users u on u.name_key = 'clone' || n,
      jsonb_populate_record(null::rooms, to_jsonb(r) || jsonb_build_object('id', gen_random_uuid(), 'slug', 'asked' || n,
        'name_key', 'asked' || n, 'name_skeleton', null, 'name_folded', 'asked' || n, 'visibility', 'direct', 'request_to', u.id, 'request_state', 'requested')) c`);
  await client.unsafe("vacuum analyze");
  await client.end();
}

const reads: Readonly<Record<string, () => Promise<unknown>>> = {
  "the newest page of a room": () => stores.events.timeline(busy.room.id, { limit: 50 }),
  "an older page of a room": () => stores.events.timeline(busy.room.id, { before: middle, limit: 50 }),
  "the newest messages of a room, with the notes among them": () =>
    stores.events.timeline(busy.room.id, { limit: 400, messages: 51 }),
  "the messages after an offset, with the notes among them": () =>
    stores.events.timeline(busy.room.id, { after: middle, limit: 400, messages: 51, from: "oldest" }),
  "who wrote lately": () => stores.rooms.recentAuthors(busy.room.id, 500),
  "the sidebar with what waits for an answer": () => stores.rooms.sidebarOf(reader.id, new Date().toISOString()),
  "message requests": () => stores.directs.requestsTo(reader.id),
  invitations: () => stores.invitations.listFor(reader.id, new Date().toISOString()),
  "a page of replies": () => stores.events.timeline(replies.room.id, { limit: 50 }),
  "replies for programs": () => stores.events.messages(replies.room.id, { limit: 50 }),
  "a chain of replies": () => stores.events.chain(replies.room.id, lastReply, 8),
  "messages for programs": () => stores.events.messages(busy.room.id, { before: middle, limit: 50 }),
  "events after an offset": () => stores.events.events(busy.room.id, { after: middle, limit: 500, from: "oldest" }),
  "where a room stands": () => stores.events.head(busy.room.id),
  "an event by its id": () => stores.events.find(busy.post(reader, "never written").id),
  "a room by its slug": () => stores.rooms.access(busy.room.slug, reader.id),
  "a room by its id": () => stores.rooms.access(busy.room.id, reader.id),
  "the sidebar with its counts": () => stores.rooms.joinedBy(reader.id),
  "the ids of someone's rooms": () => stores.rooms.roomIdsOf(reader.id),
  "the first members of a room": () => stores.rooms.members(busy.room.id, { limit: 30 }),
  "the directory's first page": () => stores.rooms.directory(reader.id, { limit: 30 }),
  "what is unread in a room": () => stores.rooms.readState(busy.room.id, reader.id),
  "reading on": () => stores.rooms.markRead(busy.room.id, reader.id, middle),
  "the first people by name": () => stores.users.list({ limit: 30 }),
  "names that start like this": () => stores.users.suggest("clone12", busy.room.id, 8),
  "people whose names contain this": () => stores.users.list({ limit: 30, search: "lone1234" }),
  "people whose names contain what is in no name": () => stores.users.list({ limit: 30, search: "nobody" }),
  "public rooms whose names contain this": () => stores.rooms.directory(reader.id, { limit: 30, search: "lone1234" }),
  "public rooms whose names contain what is in no name": () =>
    stores.rooms.directory(reader.id, { limit: 30, search: "nowhere" }),
  "members whose names contain this": () => stores.rooms.members(busy.room.id, { limit: 30, search: "lone1234" }),
  "someone by name": () => stores.users.byKey(nameKey(reader.name)),
};

describe("no table is read from end to end for", () => {
  for (const [what, read] of Object.entries(reads)) {
    test(what, async () => {
      const plans = await plansOf(read);
      expect(plans).toContain("Query Text:");
      expect(plans).toMatch(/Index (Only )?Scan/);
      if (plans.includes("Seq Scan on")) throw new Error(plans);
    });
  }
});

/** Postgres plans a prepared statement anew for each of this many, and then, where that seems as good, once for all. */
const plannedAnew = 5;
/** Rows of an index or a table that one search may look at, where few names contain what is looked for. */
const maxRowsLookedAt = 2_000;

describe("a search looks at the names that may match, not at all of them, whichever time it is asked", () => {
  for (const [what, read] of Object.entries(reads).filter(([what]) => what.includes("contain"))) {
    test(what, async () => {
      let plans = "";
      for (let count = 0; count < 2 * plannedAnew; count++) plans = await plansOf(read);
      const seen = [...plans.matchAll(/rows=(\d+)(?:\.\d+)? loops=(\d+)/g)].map(
        ([, rows, loops]) => Number(rows) * Number(loops),
      );
      const passedOver = [...plans.matchAll(/Rows Removed by (?:Filter|Index Recheck): (\d+)/g)].map(([, rows]) =>
        Number(rows),
      );
      if (Math.max(0, ...seen, ...passedOver) > maxRowsLookedAt) throw new Error(plans);
      if (!what.startsWith("members")) expect(plans).toContain("_trigrams_idx");
    });
  }
});

test("a search that takes too long is ended before others wait for it, and says what to do", async () => {
  const client = postgres(server.url, { max: 1 });
  await client.begin(async (held) => {
    await held.unsafe("lock table users in access exclusive mode");
    const searches = [
      stores.users.list({ limit: 30, search: "zz" }),
      stores.rooms.members(busy.room.id, { limit: 30, search: "zz" }),
    ];
    for (const { status, ...given } of await Promise.allSettled(searches)) {
      expect(status).toBe("rejected");
      expect(String("reason" in given && given.reason)).toContain("This search takes too long. Type more of the name.");
    }
    await held.unsafe("lock table rooms in access exclusive mode");
    const found = stores.rooms.directory(reader.id, { limit: 30, search: "zz" });
    expect(found).rejects.toThrow("This search takes too long.");
    await found.catch(() => undefined);
  });
  await client.end();
  expect((await stores.users.list({ limit: 30, search: "zz" })).items).toEqual([]);
  const others = await Promise.all(
    Array.from({ length: poolSize }, () => database.run("show statement_timeout", [], "arrays")),
  );
  expect(new Set(others.flat(2))).toEqual(new Set(["30s"]));
});

test("what replies answer is read with them: no statement of its own, none for each", async () => {
  for (const what of ["a page of replies", "replies for programs", "a chain of replies"])
    expect((await plansOf(reads[what]!)).match(/Query Text:/g)).toHaveLength(1);
});

test("a page without replies looks nothing up for them", async () => {
  const plans = await plansOf(reads["the newest page of a room"]!);
  expect(plans).toMatch(/event_places_pkey on event_places qp .*\(never executed\)/);
});

test("a count of what is unread reads no more messages than it shows", async () => {
  const plans = await plansOf(() => stores.rooms.readState(busy.room.id, reader.id));
  // A bitmap is made of all that match before the first is counted.
  expect(plans).not.toContain("Bitmap Heap Scan on messages");
});

async function plansOf(read: () => Promise<unknown>): Promise<string> {
  const log = join(folder, "postgres.log");
  const from = Bun.file(log).size;
  await read();
  return await Bun.file(log).slice(from).text();
}

test(
  "the tables that grow with what is said can be partitioned by room as they are",
  async () => {
    const client = postgres(server.url, { max: 1 });
    for (const table of ["room_events", "messages", "mentions"]) {
      await client.unsafe(`
      create table ${table}_parted (like ${table} including all) partition by hash (room_id);
      create table ${table}_0 partition of ${table}_parted for values with (modulus 2, remainder 0);
      create table ${table}_1 partition of ${table}_parted for values with (modulus 2, remainder 1);
      insert into ${table}_parted select * from ${table};`);
      const [rows] = await client.unsafe(`select (select count(*) from ${table}) as whole,
      (select count(*) from ${table}_0) as first, (select count(*) from ${table}_1) as second`);
      expect(Number(rows?.first) + Number(rows?.second)).toBe(Number(rows?.whole));
      expect(Number(rows?.first)).toBeGreaterThan(0);
    }
    await client.end();
  },
  fillWithinMs,
);
