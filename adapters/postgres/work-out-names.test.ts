/** Names that a version before wrote are found, and clash, like those of today once the store was opened. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Database } from "#db/database.ts";
import type { RoomId, UserId } from "#domain/ids.ts";
import { expectCode, newId, timeAfter } from "#tests/contract/store-world.ts";
import { freshDatabase } from "#tests/support/test-database.ts";
import { openPostgresStores } from "./stores.ts";
import { namesAtOnce, workOutNames } from "./work-out-names.ts";

const migration = join(import.meta.dir, "../../db/migrations/0006_look_again.sql");
const openWithinMs = 60_000;
let database: Database;

beforeAll(async () => {
  database = await freshDatabase();
}, openWithinMs);

afterAll(() => database.close());

/** As a version before made them: with a look of its own making, and nothing folded. */
async function oldUser(name: string, look = name): Promise<UserId> {
  const id = newId<UserId>();
  await database.queries.execute(sql`
    insert into users (id, name, name_key, name_skeleton, kind, created_at)
    values (${id}, ${name}, ${name.toLowerCase()}, ${look}, 'person', ${timeAfter(0)})`);
  return id;
}

async function oldRoom(name: string, maker: UserId, visibility = "public"): Promise<void> {
  const id = newId<RoomId>();
  await database.queries.execute(sql`
    insert into rooms (id, slug, name, name_key, visibility, created_by, created_at, epoch, last_offset)
    values (${id}, ${id}, ${name}, ${name.toLowerCase()}, ${visibility}, ${maker}, ${timeAfter(0)}, 'e', 1)`);
}

const newUser = (name: string) => ({ id: newId<UserId>(), name, kind: "person", createdAt: timeAfter(1) }) as const;

test("old names clash by today's look and are found by today's form; of two that look the same both stay", async () => {
  const stores = openPostgresStores(database);
  const maker = await oldUser("Zoé", "zoé");
  for (const name of ["mar\uFE0Fia", "ma\u034Fria", "mar\u180Bia"]) await oldUser(name);
  await oldRoom("Café", maker);
  await oldRoom("lob\uFE0Fby", maker);
  await oldRoom("lob\u034Fby", maker);
  for (const _ of [1, 2]) await oldRoom("Café", maker, "private");
  for (let count = 0; count < 2 * namesAtOnce; count++) await oldUser(`old${count}`);
  await stores.users.create(newUser("maria.b"), undefined);
  await stores.users.create(newUser("maria"), undefined);

  await workOutNames(database);

  expect((await stores.users.list({ limit: 5, search: "zoe" })).items.map(({ name }) => name)).toEqual(["Zoé"]);
  expect((await stores.users.list({ limit: 9, search: "maria" })).items).toHaveLength(5);
  expect((await stores.users.suggest("old999", newId(), 5)).map(({ user }) => user.name)).toEqual(["old999"]);
  const rooms = async (search: string) => (await stores.rooms.directory(maker, { limit: 5, search })).items.length;
  expect([await rooms("cafe"), await rooms("lobby")]).toEqual([1, 2]);
  const room = {
    id: newId<RoomId>(),
    createdBy: maker,
    createdAt: timeAfter(1),
    epoch: "e",
    visibility: "public",
  } as const;
  for (const name of ["CAFÉ", "lobby"])
    expect((await expectCode(stores.rooms.create({ ...room, slug: newId(), name }), "conflict")).field).toBe("name");

  await expectCode(stores.users.create(newUser("zoé"), undefined), "conflict");
  const [left] = await database.queries.execute<{ count: string }>(
    sql`select (select count(*) from users where name_folded is null) + (select count(*) from rooms where name_folded is null) as count`,
  );
  expect(Number(left?.count)).toBe(0);
});

test("a new maria clashes with an old one that hides something", async () => {
  const stores = openPostgresStores(database);
  await oldUser("nat\uFE0Falia");
  await stores.users.create(newUser("bob"), undefined);
  await Promise.all([workOutNames(database), workOutNames(database), workOutNames(database)]);
  const error = await expectCode(stores.users.create(newUser("natalia"), undefined), "conflict");
  expect(error.field).toBe("name");
});

test("names that the version before worked out have today's look after its migration; of two alike both stay", async () => {
  const stores = openPostgresStores(database);
  const maker = await oldUser("bɑsil");
  for (const name of ["clara", "clɑra", "bernd"]) await oldUser(name);
  await oldRoom("gаrden", maker);
  await workOutNames(database);
  const look = async (table: string, name: string, look: string) =>
    await database.queries.execute(
      sql`update ${sql.raw(table)} set name_skeleton = ${look}, name_folded = ${look} where name = ${name}`,
    );
  for (const name of ["bɑsil", "clɑra", "bernd"]) await look("users", name, name);
  await look("rooms", "gаrden", "garden.");

  for (const change of (await Bun.file(migration).text()).split("--> statement-breakpoint"))
    await database.queries.execute(sql.raw(change));
  await workOutNames(database);

  for (const name of ["basil", "clara", "bemd"])
    expect((await expectCode(stores.users.create(newUser(name), undefined), "conflict")).field).toBe("name");
  expect((await stores.users.list({ limit: 9, search: "cl" })).items.map(({ name }) => name).sort()).toEqual([
    "clara",
    "clɑra",
  ]);
  const room = { id: newId<RoomId>(), createdBy: maker, createdAt: timeAfter(1), epoch: "e", slug: newId() };
  const made = stores.rooms.create({ ...room, visibility: "public", name: "garden" });
  expect((await expectCode(made, "conflict")).field).toBe("name");
});
