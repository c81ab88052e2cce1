/** What a process has used so far, read from /proc (Linux) or ps elsewhere. */
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;
const fieldParent = 1;
const fieldUserTime = 11;
const fieldSystemTime = 12;

/** CPU-seconds of a process, threads included; steadier than wall time on a shared machine. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[fieldUserTime]) + Number(fields[fieldSystemTime])) / ticksPerSecond;
}

/** The same of a process and all below it, those that have ended included: Postgres and nginx work in several. */
export function treeCpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, pid) => {
    const times = statOf(pid).slice(fieldUserTime, fieldUserTime + endedChildrenToo);
    return sum + times.reduce((all, ticks) => all + Number(ticks), 0) / ticksPerSecond;
  }, 0);
}

/** Resident memory of a process and all below it, in MiB, pages that they share counted by their share. */
export function treeResidentMiB(root: number, { itself = true } = {}): number {
  return treeOf(root)
    .filter((pid) => itself || pid !== root)
    .reduce(
      (sum, pid) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024,
      0,
    );
}

/** User and system time, and both again of children that were waited for. */
const endedChildrenToo = 4;

function treeOf(root: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(Number(name))[fieldParent]) }));
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(({ parent }) => parent === pid).flatMap((child) => below(child.pid)),
  ];
  return below(root);
}

/** The fields after the name; empty when there is no such process. */
function statOf(pid: number): readonly string[] {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces; the fields after it do not.
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Empty when its process has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
