/** Connections to a real Postgres that end quietly, as they do when it or something on the way to it dies: in every place of a transaction. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { sql } from "drizzle-orm";
import { openPostgres } from "#db/connect.ts";
import { type Database, DatabaseLost, type Queries } from "#db/database.ts";
import { type PostgresServer, startPostgres } from "../../scripts/services/postgres.ts";
import { until } from "../support/wait.ts";

const startWithinMs = 60_000;
let server: PostgresServer;
let way: CutWay;
let database: Database;

beforeAll(async () => {
  server = await startPostgres();
  way = await openCutWay(server.url);
  database = await openPostgres(way.url);
}, startWithinMs);

afterAll(async () => {
  await database?.close();
  way?.close();
  await server?.stop();
}, startWithinMs);

const asks = (queries: Queries) => queries.execute(sql`select 1`);
const sleeps = (queries: Queries) => queries.execute(sql`select pg_sleep(20)`);

const works: Record<string, (queries: Queries, cut: () => Promise<void>) => Promise<unknown>> = {
  "while a statement is on its way": async (queries, cut) => {
    await asks(queries);
    const asleep = sleeps(queries);
    await Promise.all([asleep, cut()]);
  },
  "while one is on its way and another waits": async (queries, cut) => {
    await Promise.all([sleeps(queries), asks(queries), cut()]);
  },
  "and the work asks again": async (queries, cut) => {
    await Promise.all([sleeps(queries), cut()]).catch(() => undefined);
    await asks(queries);
  },
  "and the work ends as if nothing had happened": async (queries, cut) => {
    await Promise.all([sleeps(queries), cut()]).catch(() => undefined);
    return "done";
  },
  "between two statements": async (queries, cut) => {
    await asks(queries);
    await cut();
    await asks(queries);
  },
  "after the last statement": async (queries, cut) => {
    await asks(queries);
    await cut();
  },
};

for (const [where, work] of Object.entries(works)) {
  test(`a transaction whose connection ends ${where} is lost, and nothing else is`, async () => {
    const lost = database.transaction(async (queries) => await work(queries, () => way.cut()));
    expect(
      await lost.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ).toBeInstanceOf(DatabaseLost);
    const answered = () => database.run("select 1 as one", [], "objects");
    expect(await until(answered, { what: "the next answer" })).toEqual([{ one: 1 }]);
    // What the driver may still have to write to the lost one is written in the next turns of the event loop.
    for (let turn = 0; turn < 5; turn++) await Bun.sleep(0);
  });
}

test("a statement outside any is lost as well", async () => {
  const asleep = database.run("select pg_sleep(20)", [], "arrays").catch((error: unknown) => error);
  await way.cut();
  expect(await asleep).toBeInstanceOf(DatabaseLost);
});

interface CutWay {
  readonly url: string;
  /** Ends every connection on it without an error, and waits until the driver has seen it. */
  cut(): Promise<void>;
  close(): void;
}

async function openCutWay(url: string): Promise<CutWay> {
  const target = new URL(url);
  const clients = new Set<Socket>();
  const listener: Server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect(Number(target.port), target.hostname);
    clients.add(client);
    client.pipe(upstream).on("error", () => client.destroy());
    upstream.pipe(client).on("error", () => upstream.destroy());
    client.on("close", () => {
      clients.delete(client);
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String((listener.address() as { port: number }).port);
  return {
    url: own.href,
    async cut() {
      // The statement that was just asked is on its way.
      await Bun.sleep(50);
      const all = [...clients];
      for (const client of all) client.end();
      await until(() => all.every((client) => !clients.has(client)), { what: "the driver to hang up" });
      await Bun.sleep(10);
    },
    close() {
      for (const client of clients) client.destroy();
      listener.close();
    },
  };
}
