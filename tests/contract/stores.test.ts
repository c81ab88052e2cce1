/** The stores over both engines of a single process against the suites that every store passes. */
import { afterAll, beforeAll } from "bun:test";
import { rmSync } from "node:fs";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPglite } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { memoryFolder } from "../support/memory-folder.ts";
import { freshStores } from "../support/test-database.ts";
import { storesSuite } from "./stores.suite.ts";

const openWithinMs = 60_000;
const folder = memoryFolder("stores");
let database: Database;

beforeAll(async () => {
  database = await openPglite(folder);
}, openWithinMs);

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

storesSuite("PGlite", async () => openPostgresStores(database));

const native = freshStores();
afterAll(async () => (await native).close());
storesSuite("Postgres of its own", async () => (await native).stores);
