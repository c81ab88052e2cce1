/** What a whole cluster uses between two looks: each process's CPU-seconds and memory, and what the services were asked. */
import { isAlive, type TestCluster } from "../tests/support/cluster.ts";
import type { Figure } from "./figure.ts";
import { cpuSeconds, treeCpuSeconds, treeResidentMiB } from "./process-usage.ts";

export interface Look {
  readonly cpu: ReadonlyMap<string, number>;
  /** Sums and counts of metrics over all processes, by the name of the sample. */
  readonly samples: ReadonlyMap<string, number>;
  /** Of its functions. */
  readonly redisCalls: number;
  readonly transactions: number;
}

const loadClient = "the load client";

export async function lookAt(cluster: TestCluster): Promise<Look> {
  const processes = await cluster.processes();
  const samples = new Map<string, number>();
  for (const { metricsPort, pid } of processes) {
    if (metricsPort === undefined || !isAlive(pid)) continue;
    for (const [name, value] of await samplesOf(metricsPort)) samples.set(name, (samples.get(name) ?? 0) + value);
  }
  const cpu = processes.map(({ name, pid }) => [name, treeCpuSeconds(pid)] as const);
  const portOf = (role: string) => processes.find((each) => each.role === role)?.port ?? 0;
  return {
    cpu: new Map([...cpu, [loadClient, cpuSeconds(process.pid)]]),
    samples,
    redisCalls: await redisCalls(portOf("redis")),
    transactions: await transactions(await databaseUrl(cluster)),
  };
}

/** @param per of what the CPU-seconds are told for a thousand */
export function cpuBetween(before: Look, after: Look, what: string, count: number): readonly Figure[] {
  const spent = [...after.cpu].map(([name, now]) => [name, now - (before.cpu.get(name) ?? 0)] as const);
  const all = spent.filter(([name]) => name !== loadClient).reduce((sum, [, cpu]) => sum + cpu, 0);
  const each = spent.map(([name, cpu]): Figure => {
    return { what: `CPU-seconds of ${name} per 1,000 ${what}`, value: (cpu * 1_000) / count, unit: "CPU-s" };
  });
  return [{ what: `${what} per CPU-second of the whole cluster`, value: count / all, unit: "/CPU-s" }, ...each];
}

export function samplesBetween(before: Look, after: Look, name: string): number {
  return (after.samples.get(name) ?? 0) - (before.samples.get(name) ?? 0);
}

export async function memoryOf(cluster: TestCluster): Promise<readonly Figure[]> {
  return (await cluster.processes()).map(({ name, pid }) => {
    return { what: `memory of ${name}`, value: treeResidentMiB(pid), unit: "MiB" };
  });
}

/** Without histograms' buckets. */
async function samplesOf(port: number): Promise<readonly (readonly [string, number])[]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return [...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name = "", value]) => [name, Number(value)]);
}

async function redisCalls(port: number): Promise<number> {
  const info = await Bun.$`redis-cli -p ${port} INFO commandstats`.text();
  const calls = [...info.matchAll(/^cmdstat_fcall(?:_ro)?:calls=(\d+)/gm)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function transactions(url: string): Promise<number> {
  const sql = new Bun.SQL(url, { max: 1 });
  try {
    const [row] = await sql`select xact_commit + xact_rollback as count from pg_stat_database
      where datname = current_database()`;
    return Number(row?.count);
  } finally {
    await sql.close();
  }
}

/** Of a cluster on this machine, whose password is in its folder. */
export async function databaseUrl(cluster: TestCluster): Promise<string> {
  const [postgres] = await cluster.processes("postgres");
  const password = await Bun.file(`${cluster.folder}/postgres/password`).text();
  return `postgres://superchat:${password}@127.0.0.1:${postgres?.port}/superchat`;
}
