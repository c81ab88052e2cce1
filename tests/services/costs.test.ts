/**
 * What messages and pages cost, by counting, whatever the time takes. Many messages that come together: far fewer sends to Kafka,
 * calls of Redis, statements of Postgres, and frames than messages, in all processes together. A room's page: a few queries, and one write.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { cookieOf, openLive } from "../support/live-page.ts";
import { connectProgram, type Program } from "../support/program.ts";
import { until } from "../support/wait.ts";
import { openServiceWorld, type RunningProcess, type ServiceWorld } from "./service-world.ts";

const startWithinMs = 180_000;
const sockets = 4;
const postsOfEach = 200;
const messages = sockets * postsOfEach;
/** Of whatever it is: one for so many messages, at least. */
const atLeastPerCost = 5;
const messagesOnAPage = 50;
const queriesForAPage = 3;
/** What somebody else asks of Postgres meanwhile is not in the cheapest of several. */
const visits = 5;

let world: ServiceWorld;
let sql: postgres.Sql;
let gateway: RunningProcess & { readonly url: string };
let writer: RunningProcess;
beforeAll(async () => {
  world = await openServiceWorld({ postgresSettings: { shared_preload_libraries: "pg_stat_statements" } });
  sql = postgres(world.databaseUrl, { onnotice: () => undefined });
  await sql`create extension pg_stat_statements`;
  writer = await world.startWriter({ LOG_LEVEL: "error" });
  gateway = await world.startGateway({ LOG_LEVEL: "error", JWT_SECRET: "s".repeat(48) });
}, startWithinMs);
afterAll(async () => {
  await sql?.end();
  await world?.[Symbol.asyncDispose]();
}, startWithinMs);

async function sample({ metricsUrl }: RunningProcess, name: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
}

async function statements(): Promise<number> {
  const [row] =
    await sql`select sum(calls) as calls from pg_stat_statements where query not like '%pg_stat_statements%'`;
  return Number(row?.calls);
}

/** Of everything that the processes of Superchat ask of others, how often. */
async function costs(): Promise<Readonly<Record<string, number>>> {
  const stats = await Bun.$`redis-cli -p ${world.redisPort} INFO commandstats`.text();
  const calls = [...stats.matchAll(/^cmdstat_fcall(?:_ro)?:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return {
    "sends to Kafka": await sample(gateway, "superchat_log_batch_events_count"),
    "calls of Redis": calls.reduce((sum, count) => sum + count, 0),
    "statements of Postgres": await statements(),
    "runs that were rendered": await sample(gateway, "superchat_gateway_frame_events_count"),
    "batches of the writer": await sample(writer, "superchat_writer_batches_total"),
  };
}

const stored = () => sample(writer, "superchat_writer_stored_events_total");

test(
  "messages that come together share everything",
  async () => {
    const ana = await signUpPerson(gateway.url);
    const { id: room } = await ana.createRoom(freshName("costs"));
    const page = await openLive(gateway.url, { cookie: `superchat_access=${ana.token}`, query: `?room=${room}` });
    await page.frame(({ caughtUp, reset }) => caughtUp ?? reset);
    const programs = await Promise.all(
      Array.from({ length: sockets }, () => connectProgram(gateway.url, { token: ana.token })),
    );
    await Promise.all(programs.map((program) => post(program, room, 0)));

    const [before, storedBefore] = [await costs(), await stored()];
    const posts = programs.flatMap((program) => Array.from({ length: postsOfEach }, (_, n) => post(program, room, n)));
    for (const { error } of await Promise.all(posts)) expect(error).toBeUndefined();
    await until(async () => (await stored()) - storedBefore >= messages, { what: "all of it to be stored" });
    const after = await costs();

    for (const [what, count] of Object.entries(after)) {
      const spent = count - (before[what] ?? Number.NaN);
      expect(spent, `${what} for ${messages} messages`).toBeWithin(1, messages / atLeastPerCost);
    }
    page.close();
  },
  startWithinMs,
);

function post(program: Program, room: string, n: number) {
  return program.call({ publish: { channel: `room:${room}`, data: { text: `message ${n}` } } });
}

test(
  "a room's page takes a few queries, whatever it shows",
  async () => {
    const ana = await signUpPerson(gateway.url);
    for (let n = 0; n < 3; n++) await ana.createRoom(freshName("other"));
    const { id: room, slug } = await ana.createRoom(freshName("page"));
    const storedBefore = await stored();
    for (let n = 0; n <= messagesOnAPage; n++) await ana.post(room, `message ${n} for @${ana.name}`);
    await until(async () => (await stored()) - storedBefore > messagesOnAPage, { what: "all of it to be stored" });
    const visit = async () => {
      const answer = await fetch(`${gateway.url}/rooms/${slug}`, { headers: { cookie: cookieOf(ana) } });
      expect((await answer.text()).match(/<li class="message[^>]* data-offset/g)).toHaveLength(messagesOnAPage);
    };
    await visit();

    const counts: number[] = [];
    for (let n = 0; n < visits; n++) {
      const before = await statements();
      await visit();
      counts.push((await statements()) - before);
    }
    expect(Math.min(...counts)).toBeWithin(1, queriesForAPage + 1);

    // Headers that are written one by one arrive before it.
    const request = `GET /rooms/${slug} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookieOf(ana)}\r\n\r\n`;
    for (let n = 0; n < visits; n++) expect(await beginningOf(request)).toContain("<!doctype html>");
  },
  startWithinMs,
);

/** What of an answer is there first. */
async function beginningOf(request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(gateway.url);
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (own) => void own.write(request),
      data: (_, chunk) => resolve(chunk.toString()),
      close: () => reject(new Error("the gateway said nothing")),
      error: (_, error) => reject(error),
    },
  });
  try {
    return await promise;
  } finally {
    socket.end();
  }
}
