/** Every store keeps its promises in memory and in PGlite. The same suites run on a Postgres server where there is one. */
import { afterAll, beforeAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryStores } from "#adapters/memory/stores.ts";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPglite } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { eventStoreSuite } from "./event-store.suite.ts";
import { keyStoreSuite } from "./key-store.suite.ts";
import { projectionSuite } from "./projection.suite.ts";
import { roomStoreSuite } from "./room-store.suite.ts";
import { sessionStoreSuite } from "./session-store.suite.ts";
import type { OpenStores } from "./store-world.ts";
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

const kinds: Readonly<Record<string, OpenStores>> = {
  memory: async () => createMemoryStores(),
  PGlite: async () => openPostgresStores(database),
};

for (const [name, open] of Object.entries(kinds)) {
  eventStoreSuite(name, open);
  projectionSuite(name, open);
  roomStoreSuite(name, open);
  userStoreSuite(name, open);
  sessionStoreSuite(name, open);
  keyStoreSuite(name, open);
}
