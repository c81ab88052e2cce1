import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DrizzleQueryError, sql } from "drizzle-orm";
import { memoryFolder } from "#tests/support/memory-folder.ts";
import { openPglite } from "./connect.ts";
import { type Database, DatabaseLost, QueryRefused } from "./database.ts";
import { keepHouse } from "./housekeeping.ts";
import { openPgliteFolder } from "./pglite.ts";
import { type PgliteThread, startPgliteThread } from "./pglite-thread.ts";

const openWithinMs = 60_000;
const root = memoryFolder("pglite");
const folder = join(root, "data");

beforeAll(async () => {
  mkdirSync(join(folder, "database.new"), { recursive: true });
  writeFileSync(join(folder, "database.new", "PG_VERSION"), "left by a start that was killed");
  await (await openPglite(folder)).close();
}, openWithinMs);

afterAll(() => rmSync(root, { recursive: true }));

const addKey = (kid: string) => sql`insert into signing_keys (kid, sealed, created_at) values (${kid}, '', now())`;

async function has({ queries }: Pick<Database, "queries">, kid: string): Promise<boolean> {
  return (await queries.execute(sql`select 1 from signing_keys where kid = ${kid}`)).length > 0;
}

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  const error = await Promise.resolve(work).then(
    () => undefined,
    (error: Error) => error,
  );
  return error instanceof DrizzleQueryError ? error.cause : error;
}

test("a data folder is opened by one at a time", async () => {
  const database = await openPglite(folder);
  expect(String(await failureOf(openPglite(folder)))).toContain(`in use by Superchat process ${process.pid};`);
  await database.close();
  await database.close();
});

test("a transaction keeps others out until it ends, and leaves nothing when it fails", async () => {
  const database = await openPglite(folder);
  const order: string[] = [];
  const inside = database.transaction(async (queries) => {
    await queries.execute(addKey("inside"));
    order.push("inside");
    expect(await has({ queries }, "inside")).toBe(true);
    throw new Error("changed my mind");
  });
  const outside = has(database, "inside").then((found) => {
    order.push("outside");
    return found;
  });
  const after = database.transaction(async (queries) => await queries.execute(addKey("after")));
  expect(await failureOf(inside)).toMatchObject({ message: "changed my mind" });
  expect(await outside).toBe(false);
  await after;
  expect(order).toEqual(["inside", "outside"]);
  expect(await has(database, "after")).toBe(true);
  await database.close();
});

test("what the database refuses carries its state and constraint, and the next query goes well", async () => {
  const database = await openPglite(folder);
  await database.queries.execute(addKey("twice"));
  const error = (await failureOf(database.queries.execute(addKey("twice")))) as QueryRefused;
  expect(error).toBeInstanceOf(QueryRefused);
  expect(error).toMatchObject({ sqlState: "23505", constraint: "signing_keys_pkey" });
  expect(await has(database, "twice")).toBe(true);
  await keepHouse(database);
  await database.close();
  expect(await failureOf(database.queries.execute(sql`select 1`))).toBeInstanceOf(DatabaseLost);
});

test("work in the database does not stop the event loop", async () => {
  const database = await openPglite(folder);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const end = performance.now() + 1_000;
  let queries = 0;
  while (performance.now() < end) {
    await database.queries.execute(sql`select count(*) from generate_series(1, 20000)`);
    queries++;
  }
  clearInterval(timer);
  await database.close();
  expect(queries).toBeGreaterThan(5);
  expect(ticks).toBeGreaterThan(20);
});

test(
  "when the thread dies, what waits fails, and the next call starts it again with every committed row",
  async () => {
    const threads: PgliteThread[] = [];
    const database = await openPgliteFolder(join(folder, "database"), () => {
      const thread = startPgliteThread();
      threads.push(thread);
      return thread;
    });
    await database.queries.execute(addKey("committed"));
    const waiting = Array.from({ length: 5 }, () => failureOf(database.queries.execute(sql`select pg_sleep(60)`)));
    // Long enough for them to be asked: a query and a transaction at the same time wait for each other.
    await Bun.sleep(50);
    await threads.at(-1)?.stop();
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(DatabaseLost);
    const halfway = failureOf(
      database.transaction(async (queries) => {
        await queries.execute(addKey("halfway"));
        await threads.at(-1)?.stop();
        await queries.execute(addKey("other half"));
      }),
    );
    expect(await halfway).toBeInstanceOf(DatabaseLost);
    expect(await has(database, "committed")).toBe(true);
    expect(await has(database, "halfway")).toBe(false);
    expect(threads.length).toBeGreaterThan(1);
    await database.close();
  },
  openWithinMs,
);

test(
  "after kill -9 the folder opens with every committed row",
  async () => {
    const script = `
    import { openPglite } from ${JSON.stringify(join(import.meta.dir, "connect.ts"))};
    import { sql } from "drizzle-orm";
    const { queries } = await openPglite(${JSON.stringify(folder)});
    for (let n = 0; ; n++) {
      await queries.execute(sql\`insert into signing_keys (kid, sealed, created_at) values (\${"k" + n}, '', now())\`);
      process.stdout.write("k" + n + "\\n");
    }`;
    const writer = Bun.spawn([process.execPath, "-e", script], { cwd: import.meta.dir, stdout: "pipe" });
    let written = "";
    for await (const chunk of writer.stdout) {
      written += new TextDecoder().decode(chunk);
      if (written.split("\n").length > 200) writer.kill("SIGKILL");
    }
    await writer.exited;
    const acked = written.split("\n").filter((line, index, lines) => line !== "" && index < lines.length - 1);
    expect(acked.length).toBeGreaterThanOrEqual(200);

    const database = await openPglite(folder);
    const rows = await database.queries.execute<{ kid: string }>(sql`select kid from signing_keys`);
    const kept = new Set(rows.map((row) => row.kid));
    expect(acked.filter((kid) => !kept.has(kid))).toEqual([]);
    await database.close();
  },
  openWithinMs,
);
