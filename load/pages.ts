/**
 * What a room's page costs: one gateway of a cluster, asked directly over kept-alive connections by somebody who is signed in.
 * Times are those of the client beside it, from the request to the last byte.
 */
import { startCluster, type TestCluster } from "../tests/support/cluster.ts";
import { cookieOf } from "../tests/support/live-page.ts";
import { until } from "../tests/support/wait.ts";
import type { Figure } from "./figure.ts";
import { furnishRoom } from "./furnished-room.ts";
import { lookAt } from "./meter.ts";
import { percentile } from "./process-usage.ts";

const messagesOnAPage = 50;
/** A gateway that stands idle for seconds lets go of compiled code: it is warmed up right before it is measured. */
const warmUpPages = 3_000;
const pagesOneAtATime = 1_000;
const readersTogether = 4;
const seconds = 10;
const pagesCounted = 300;
const storedWithinMs = 60_000;
/** A connection of Postgres tells what it has done when it has been idle for ten seconds. */
const countedAfterMs = 11_000;

type Visit = () => Promise<string>;

export async function measurePages(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 1, writers: 1, env: { LOG_LEVEL: "error" } });
  const [gateway] = await cluster.processes("gateway");
  const url = `http://127.0.0.1:${gateway?.port}`;
  const { room, reader } = await furnishRoom(url);
  await until(async () => (await lookAt(cluster)).samples.get("superchat_log_behind_events") === 0, {
    deadlineMs: storedWithinMs,
    what: "the writer to have stored the room",
  });
  const headers = { cookie: cookieOf(reader) };
  const visit = async () => await (await fetch(`${url}/rooms/${room.slug}`, { headers })).text();
  const html = await visit();
  const shown = html.match(/<li class="message[^>]* data-offset/g)?.length;
  if (shown !== messagesOnAPage) throw new Error(`The page shows ${shown} messages.`);
  for (let n = 0; n < warmUpPages; n++) await visit();
  const alone = await costs(cluster, visit, 1, (visits) => visits < pagesOneAtATime);
  const together = await costs(cluster, visit, readersTogether, (_, ms) => ms < seconds * 1_000);
  const asked = await questions(cluster, visit);
  return [
    { what: "room page, HTML", value: Buffer.byteLength(html) / 1_024, unit: "KiB" },
    ...named("one at a time", alone),
    ...named(`${readersTogether} at a time`, together),
    ...asked,
  ];
}

async function costs(
  cluster: TestCluster,
  visit: Visit,
  readers: number,
  goesOn: (visits: number, ms: number) => boolean,
): Promise<readonly Figure[]> {
  const before = await lookAt(cluster);
  const times: number[] = [];
  const from = performance.now();
  let visits = 0;
  const read = async () => {
    while (goesOn(visits, performance.now() - from)) {
      visits += 1;
      const since = performance.now();
      await visit();
      times.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: readers }, read));
  const took = (performance.now() - from) / 1_000;
  const { cpu } = await lookAt(cluster);
  const cpuOf = (name: string) => (cpu.get(name) ?? 0) - (before.cpu.get(name) ?? 0);
  return [
    { what: "p50", value: percentile(times, 0.5), unit: "ms" },
    { what: "p99", value: percentile(times, 0.99), unit: "ms" },
    { what: "pages", value: visits / took, unit: "/s" },
    { what: "pages per CPU-second of the gateway", value: visits / cpuOf("gateway-1"), unit: "/CPU-s" },
    ...["postgres", "redis"].map((name): Figure => {
      return { what: `CPU-seconds of ${name} per 1,000 pages`, value: (cpuOf(name) * 1_000) / visits, unit: "CPU-s" };
    }),
  ];
}

async function questions(cluster: TestCluster, visit: Visit): Promise<readonly Figure[]> {
  await Bun.sleep(countedAfterMs);
  const before = await lookAt(cluster);
  for (let n = 0; n < pagesCounted; n++) await visit();
  await Bun.sleep(countedAfterMs);
  const after = await lookAt(cluster);
  return [
    {
      what: "queries of Postgres per page",
      value: (after.transactions - before.transactions) / pagesCounted,
      unit: "",
    },
    { what: "calls of Redis per page", value: (after.redisCalls - before.redisCalls) / pagesCounted, unit: "" },
  ];
}

function named(how: string, figures: readonly Figure[]): readonly Figure[] {
  return figures.map((figure) => ({ ...figure, what: `${how}: ${figure.what}` }));
}
