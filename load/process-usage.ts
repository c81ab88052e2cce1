/** What a process has used so far, read from /proc (Linux) or ps elsewhere. */
import { readFileSync } from "node:fs";

const ticksPerSecond = 100;
const fieldUserTime = 11;
const fieldSystemTime = 12;

/** CPU-seconds of a process, threads included; steadier than wall time on a shared machine. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold spaces; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[fieldUserTime]) + Number(fields[fieldSystemTime])) / ticksPerSecond;
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
