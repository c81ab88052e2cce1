/**
 * What a community of one process takes, all its processes together: memory, processor and disk, and how quickly it starts, acknowledges and
 * shows a room. The client is beside it on the same machine.
 */
import { type ApiPerson, signUpPerson } from "../tests/support/api-person.ts";
import { cookieOf } from "../tests/support/live-page.ts";
import { type StandaloneServer, startStandalone } from "../tests/support/server.ts";
import type { Figure } from "./figure.ts";
import { furnishRoom } from "./furnished-room.ts";
import { sendInTurns } from "./paced.ts";
import { percentile, treeCpuSeconds, treeResidentMiB } from "./process-usage.ts";

const lookEveryMs = 20;
const senders = 64;
const sendSeconds = 6;
const text = "x".repeat(200);
const warmUpPages = 300;
const pages = 1_000;
/** Autovacuum looks at new rows once a minute. */
const settleMs = 75_000;
const idleMs = 60_000;
const env = { LIMITS: "off", LOG_LEVEL: "error" };

export async function measureGround(): Promise<readonly Figure[]> {
  const { server, seconds: cold, peak, cpu } = await firstStart();
  try {
    const fresh = folderMiB(server.dataDir);
    const page = await roomPage(server);
    const people = await Promise.all(Array.from({ length: 8 }, () => signUpPerson(server.url)));
    const alone = await sends(server.pid, people, 1);
    const together = await sends(server.pid, people, senders);
    const from = performance.now();
    await server.kill("SIGTERM");
    const stop = (performance.now() - from) / 1_000;
    const full = folderMiB(server.dataDir);
    const again = performance.now();
    await server.restart();
    const warm = (performance.now() - again) / 1_000;
    return [
      { what: "first start, until it serves", value: cold, unit: "s" },
      { what: "processor time of it", value: cpu, unit: "CPU-s" },
      { what: "memory at its peak", value: peak, unit: "MiB" },
      { what: "stop", value: stop, unit: "s" },
      { what: "second start", value: warm, unit: "s" },
      ...(await idle(server.pid)),
      ...alone,
      ...together,
      ...page,
      { what: "disk, new", value: fresh, unit: "MiB" },
      { what: "disk, after the sends, closed", value: full, unit: "MiB" },
      { what: "installed packages", value: folderMiB("node_modules", "--exclude=.cache"), unit: "MiB" },
    ];
  } finally {
    await server.stop();
  }
}

async function firstStart(): Promise<{ server: StandaloneServer; seconds: number; peak: number; cpu: number }> {
  let [peak, starts] = [0, true];
  const watching = (async () => {
    for (; starts; await Bun.sleep(lookEveryMs)) peak = Math.max(peak, treeResidentMiB(process.pid, { itself: false }));
  })();
  const from = performance.now();
  const server = await startStandalone({ env });
  const seconds = (performance.now() - from) / 1_000;
  starts = false;
  await watching;
  return { server, seconds, peak, cpu: treeCpuSeconds(server.pid) };
}

async function idle(pid: number): Promise<readonly Figure[]> {
  await Bun.sleep(settleMs);
  const memory = treeResidentMiB(pid);
  const before = treeCpuSeconds(pid);
  await Bun.sleep(idleMs);
  const used = (treeCpuSeconds(pid) - before) / (idleMs / 1_000);
  return [
    { what: "memory, idle", value: memory, unit: "MiB" },
    { what: "one core, idle", value: used * 100, unit: "%" },
  ];
}

async function sends(pid: number, people: readonly ApiPerson[], count: number): Promise<readonly Figure[]> {
  const [ana] = people;
  if (ana === undefined) return [];
  const room = await ana.createRoom(`bench-${count}`);
  for (const person of people) await person.call("PUT", `/rooms/${room.id}/members/me`);
  const send = async (n: number) => {
    const from = performance.now();
    await people[n % people.length]?.post(room.id, text);
    return performance.now() - from;
  };
  await sendInTurns(count, 1, send);
  const before = treeCpuSeconds(pid);
  const { acked, seconds, latencies } = await sendInTurns(count, sendSeconds, send);
  const cpu = treeCpuSeconds(pid) - before;
  const how = count === 1 ? "one by one" : `${count} senders`;
  return [
    { what: `acked sends a second, ${how}`, value: acked / seconds, unit: "/s" },
    { what: `acked sends per CPU-second of all processes, ${how}`, value: acked / cpu, unit: "/CPU-s" },
    { what: `ack p50, ${how}`, value: percentile(latencies, 0.5), unit: "ms" },
    { what: `ack p99, ${how}`, value: percentile(latencies, 0.99), unit: "ms" },
  ];
}

async function roomPage({ url, pid }: StandaloneServer): Promise<readonly Figure[]> {
  const { room, reader } = await furnishRoom(url);
  const headers = { cookie: cookieOf(reader) };
  const visit = async () => {
    const from = performance.now();
    await (await fetch(`${url}/rooms/${room.slug}`, { headers })).text();
    return performance.now() - from;
  };
  for (let n = 0; n < warmUpPages; n++) await visit();
  const before = treeCpuSeconds(pid);
  const times: number[] = [];
  for (let n = 0; n < pages; n++) times.push(await visit());
  const cpu = treeCpuSeconds(pid) - before;
  return [
    { what: "room page, p50 one at a time", value: percentile(times, 0.5), unit: "ms" },
    { what: "processor time of one", value: (cpu * 1_000) / pages, unit: "CPU-ms" },
  ];
}

function folderMiB(folder: string, ...words: string[]): number {
  return (
    Number(
      Bun.spawnSync(["du", "-skD", ...words, folder])
        .stdout.toString()
        .split("\t")[0],
    ) / 1024
  );
}
