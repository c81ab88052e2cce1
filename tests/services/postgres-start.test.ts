/** A process and its Postgres: it waits for one that is not there yet, and says at once what is wrong with one that is. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { openCluster } from "#adapters/cluster.ts";
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openPatiently } from "#adapters/postgres/open-patiently.ts";
import { openPostgres } from "#db/connect.ts";
import { openPostgresServer } from "#db/postgres.ts";
import { freePort } from "../../scripts/services/ports.ts";
import { type PostgresServer, startPostgres } from "../../scripts/services/postgres.ts";
import { notedWords } from "../support/noted-words.ts";

const root = join(import.meta.dir, "../..");
const startMs = 60_000;
/** A tenth of what a process would wait. */
const atOnceMs = 6_000;
const check = "Check DATABASE_URL, or POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB.";
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
}, startMs);
afterAll(() => server?.stop(), startMs);

function address(change: (url: URL) => unknown): string {
  const url = new URL(server.url);
  change(url);
  return url.href;
}

test.each([
  [
    "a wrong password",
    (url: URL) => Object.assign(url, { password: "wrong" }),
    'password authentication failed for user "superchat"',
  ],
  [
    "an unknown person",
    (url: URL) => Object.assign(url, { username: "eve" }),
    'password authentication failed for user "eve"',
  ],
  [
    "an unknown database",
    (url: URL) => Object.assign(url, { pathname: "/nowhere" }),
    'database "nowhere" does not exist',
  ],
])("%s is said at once, in Postgres' words", async (_, change, reason) => {
  const env = { DATABASE_URL: address(change), REDIS_URL: "redis://127.0.0.1:1", KAFKA_BROKERS: "127.0.0.1:1" };
  const startedAt = performance.now();
  const opening = openCluster(readClusterSettings(env), {
    limits: true,
    clientId: "test",
    role: "tool",
    report: () => undefined,
  });
  await expect(opening).rejects.toThrow(`Postgres refuses: ${reason}. ${check}`);
  expect(performance.now() - startedAt).toBeLessThan(atOnceMs);
});

/** Where nobody else is. */
const alone = () => ({ DATABASE_URL: server.url, REDIS_URL: "redis://127.0.0.1:1", KAFKA_BROKERS: "127.0.0.1:1" });

test("that a newer version wrote what is there is said at once, before anything else is looked for", async () => {
  const database = await openPostgres(server.url);
  await database.queries.execute("insert into active_level (one, level) values (true, 999)");
  const startedAt = performance.now();
  const options = { limits: true, clientId: "test", role: "tool", report: () => undefined };
  await expect(openCluster(readClusterSettings(alone()), options)).rejects.toThrow("at level 999");
  expect(performance.now() - startedAt).toBeLessThan(atOnceMs);
  await database.queries.execute("delete from active_level");
  await database.close();
});

test(
  "what an update waits for is told while Kafka is away, and that nobody who reads there is seen",
  async () => {
    await (await openPostgres(server.url)).close();
    const env = { ...process.env, ...alone() };
    const run = (...words: string[]) =>
      Bun.spawnSync([process.execPath, "scripts/container/upgrade.ts", ...words], { cwd: root, env });
    const shown = run();
    expect(`${shown.stdout}`).toContain("Active level: 1\nKafka can't be asked now");
    expect(shown.exitCode).toBe(0);
    const finished = run("finish");
    expect(`${finished.stderr}`).toContain("The log can't be reached");
    expect(finished.exitCode).toBe(2);
  },
  startMs,
);

test("what may not be made there is said at once", async () => {
  const database = await openPostgres(server.url);
  await database.queries.execute("create role guest login password 'guest'");
  await database.queries.execute("create database elsewhere");
  await database.close();
  const url = address((each) => {
    each.username = "guest";
    each.password = "guest";
    each.pathname = "/elsewhere";
  });
  const waits: unknown[] = [];
  const opening = openPatiently(() => openPostgres(url), {
    waitMs: startMs,
    onWait: (reason) => void waits.push(reason),
  });
  await expect(opening).rejects.toThrow(/^Postgres refuses: permission denied/);
  expect(waits).toEqual([]);
});

test("nobody there: it waits, tells so once, and says in the end what it met", async () => {
  const nobody = address((url) => {
    url.port = `${freePort()}`;
  });
  const waits: unknown[] = [];
  const opening = openPatiently(() => openPostgres(nobody), {
    waitMs: 1_000,
    onWait: (reason) => void waits.push(reason),
  });
  await expect(opening).rejects.toThrow(
    "Postgres did not let us in within 1 s. It said last: The database can't be reached (ECONNREFUSED).",
  );
  expect(waits).toHaveLength(1);
});

test("what a server before 18 noted of messages goes as well", async () => {
  const url = address((changed) => {
    changed.pathname = "/noted";
  });
  const own = await openPostgresServer(server.url);
  await own.queries.execute(sql`create database noted`);
  await own.close();
  const database = await openPostgresServer(url);
  expect(await notedWords(database)).toEqual({ before: 3, after: 0 });
  await database.close();
});

test("a server that comes later is found", async () => {
  await server.kill("SIGKILL");
  const opening = openPatiently(() => openPostgres(server.url), {
    waitMs: startMs,
    onWait: () => void server.start(),
  });
  await (await opening).close();
});
