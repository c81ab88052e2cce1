/** The stores on a real Postgres: the suites that every store passes, the server killed, and reading through indexes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openPostgresStores } from "#adapters/postgres/stores.ts";
import { openPostgres } from "#db/connect.ts";
import type { Database } from "#db/database.ts";
import { isChatError } from "#domain/errors.ts";
import { type PostgresServer, startPostgres } from "../../scripts/services/postgres.ts";
import { addPerson, openStory, refusal } from "../contract/store-world.ts";
import { storesSuite } from "../contract/stores.suite.ts";
import { until } from "../support/wait.ts";

const startWithinMs = 60_000;
/** Long enough for pauses that double to become long. */
const awayMs = 3_000;
const backWithinMs = 3_000;
let server: PostgresServer;
let database: Database;

beforeAll(async () => {
  server = await startPostgres();
  database = await openPostgres(server.url);
}, startWithinMs);

afterAll(async () => {
  await database?.close();
  await server?.stop();
}, startWithinMs);

storesSuite("Postgres", async () => openPostgresStores(database));

test("killed with -9, it is unavailable at once; started again, all that was written is there", async () => {
  const stores = openPostgresStores(database);
  const ada = await addPerson(stores);
  const story = await openStory(stores, ada, [ada]);
  await story.write(story.post(ada, "kept"));

  await server.kill("SIGKILL");
  const error = await refusal(stores.events.events(story.room.id, { limit: 10 }));
  expect(isChatError(error, "unavailable")).toBe(true);

  await server.start();
  const events = await until(() => stores.events.events(story.room.id, { limit: 10 }), {
    what: "the pool to connect again",
  });
  expect(events.map(({ type }) => type)).toEqual(["member.joined", "message.posted"]);
  await story.write(story.post(ada, "and on"));
  expect(await stores.events.head(story.room.id)).toMatchObject({ offset: 3 });
});

test("however much was asked of it while it was away, it is asked again soon after it is back", async () => {
  const stores = openPostgresStores(database);
  const ada = await addPerson(stores);
  const story = await openStory(stores, ada, [ada]);
  await server.kill("SIGKILL");
  const ask = () => stores.events.events(story.room.id, { limit: 10 });
  const awayUntil = performance.now() + awayMs;
  while (performance.now() < awayUntil) await Promise.allSettled(Array.from({ length: 20 }, ask));
  await server.start();
  const backAt = performance.now();
  await until(ask, { what: "an answer" });
  expect(performance.now() - backAt).toBeLessThan(backWithinMs);
});
