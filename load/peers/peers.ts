/** Beside others: the same fan-out, idle connections and acked sends by Superchat and by what a person could pick instead, in one run, in turns. */
import { startRedis } from "../../scripts/services/redis.ts";
import { startCluster } from "../../tests/support/cluster.ts";
import { deliver } from "../delivering.ts";
import type { Figure } from "../figure.ts";
import { type Poster, postsOf, type Senders, startPoster, startSenders } from "../posting.ts";
import { cpuSeconds, residentMiB } from "../process-usage.ts";
import { openSwarm } from "../swarm.ts";
import { type Contestant, startPeers, superchat } from "./contestants.ts";

const allWork = ["1000x20", "1000x200", "5000x10", "5000x40"];
const seconds = Number(process.env.SECONDS) || 10;
const idle = 5_000;
const settleMs = 8_000;
const rooms = 20;
const senders = 64;
const warmSeconds = 2;

export async function measurePeers(): Promise<readonly Figure[]> {
  const work = process.env.WORK?.split(",") ?? allWork;
  await using redis = await startRedis();
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  await using peers = await startPeers(redis, rooms);
  await using poster = await startPoster();
  await using sending = await startSenders();
  const all = [await superchat(cluster, rooms), ...peers.all];
  for (const { name, made } of all) console.log(`${name}: ${made}`);
  // Before anything else has made them grow.
  const figures: Figure[] = [...(await measureIdle(all))];
  for (const [n, each] of work.entries()) figures.push(...(await measureFanOut(all, poster, each, n % rooms)));
  return [...figures, ...(await measureAcks(all, sending))];
}

type All = readonly Contestant[];

/** Nobody has been at any of them: what their code takes once it is used counts, too. */
async function measureIdle(all: All): Promise<readonly Figure[]> {
  return await besides(
    all,
    `${idle.toLocaleString("en")} idle connections`,
    async ({ first, dialect, rooms: among }) => {
      const fresh = residentMiB(first.pid);
      const swarm = await openSwarm({ port: first.port, size: idle, dialect: dialect(among) });
      await Bun.sleep(settleMs);
      const filled = residentMiB(first.pid);
      swarm.close();
      return [
        { what: "memory of the server", value: filled, unit: "MiB" },
        { what: "memory for each beyond a fresh server's", value: ((filled - fresh) * 1_024) / idle, unit: "KiB" },
      ];
    },
  );
}

async function measureFanOut(all: All, poster: Poster, work: string, nth: number): Promise<readonly Figure[]> {
  const [members = 0, perSecond = 0] = work.split("x").map(Number);
  return await besides(all, `${members.toLocaleString("en")} × ${perSecond}/s`, async (who) => {
    const busy = who.rooms.slice(nth, nth + 1);
    const { second, protocol, tokens } = who;
    const send = postsOf(poster, { url: second.url, protocol, token: tokens[0] ?? "", rooms: busy, perSecond });
    const outcome = await deliver({ ...who.first, members, dialect: who.dialect(busy), perSecond, seconds, send });
    const { perCpuSecond, p50, p99, troubles } = outcome;
    for (const trouble of troubles) console.log(`${work}, ${who.name}: ${trouble}`);
    return [
      { what: "deliveries per CPU-second", value: perCpuSecond, unit: "/CPU-s" },
      { what: "p50", value: p50, unit: "ms" },
      { what: "p99", value: p99, unit: "ms" },
      { what: "delivered in time", value: outcome.share * 100, unit: "%" },
    ];
  });
}

/** An ack of Superchat's says that Kafka has the message; a peer's that it was handed to Redis, which keeps nothing. */
async function measureAcks(all: All, sending: Senders): Promise<readonly Figure[]> {
  return await besides(all, `${senders} sockets that wait for each ack`, async (who) => {
    const {
      second: { url, pid },
      protocol,
      tokens,
      rooms: among,
    } = who;
    const run = { url, protocol, tokens, rooms: among, senders };
    await sending.ask({ ...run, seconds: warmSeconds });
    const before = [cpuSeconds(pid), await who.allCpuSeconds()] as const;
    const { acked, seconds: took, p50, p99 } = await sending.ask({ ...run, seconds });
    const spent = [cpuSeconds(pid) - before[0], (await who.allCpuSeconds()) - before[1]] as const;
    return [
      { what: "acks per CPU-second of the server", value: acked / spent[0], unit: "/CPU-s" },
      { what: "acks per CPU-second of all processes", value: acked / spent[1], unit: "/CPU-s" },
      { what: "acks", value: acked / took, unit: "/s" },
      { what: "p50", value: p50, unit: "ms" },
      { what: "p99", value: p99, unit: "ms" },
    ];
  });
}

/** The same by one after the other, and the first beside each other. */
async function besides(
  all: All,
  how: string,
  measure: (who: Contestant) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  let ours: readonly Figure[] = [];
  for (const who of all) {
    const theirs = await measure(who);
    figures.push(...theirs.map((each) => ({ ...each, what: `${how}: ${who.name}, ${each.what}` })));
    if (who === all[0]) {
      ours = theirs;
      continue;
    }
    for (const [n, { what, value, unit }] of theirs.entries()) {
      // A share is a ratio already.
      if (unit === "%") continue;
      const ratio = (ours[n]?.value ?? Number.NaN) / value;
      figures.push({ what: `${how}: ${all[0]?.name} : ${who.name}, ${what}`, value: ratio, unit: "" });
    }
  }
  return figures;
}
