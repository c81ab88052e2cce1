/** The stores over PGlite against the suites that every store passes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPglite } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { isChatError } from "#domain/errors.ts";
import { changesSuite } from "./changes.suite.ts";
import { eventStoreSuite } from "./event-store.suite.ts";
import { keyStoreSuite } from "./key-store.suite.ts";
import { programTokenStoreSuite } from "./program-token-store.suite.ts";
import { projectionSuite } from "./projection.suite.ts";
import { roomStoreSuite } from "./room-store.suite.ts";
import { sessionStoreSuite } from "./session-store.suite.ts";
import { addPerson, type OpenStores, openStory, refusal } from "./store-world.ts";
import { userStoreSuite } from "./user-store.suite.ts";

const openWithinMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), "superchat-stores-"));
let database: Database;

beforeAll(async () => {
  database = await openPglite(folder);
}, openWithinMs);

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const open: OpenStores = async () => openPostgresStores(database);

eventStoreSuite("PGlite", open);
changesSuite("PGlite", open);
projectionSuite("PGlite", open);
roomStoreSuite("PGlite", open);
userStoreSuite("PGlite", open);
sessionStoreSuite("PGlite", open);
keyStoreSuite("PGlite", open);
programTokenStoreSuite("PGlite", open);

test("a text that Postgres can't hold is told apart from a store that is away", async () => {
  const stores = await open();
  const ada = await addPerson(stores);
  const story = await openStory(stores, ada, []);
  const error = await refusal(story.write(story.post(ada, "fine"), story.post(ada, "nul \0")));
  expect(isChatError(error, "unavailable")).toBe(false);
  expect(await stores.events.events(story.room.id, { limit: 10 })).toEqual([]);
});
