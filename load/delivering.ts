/** One busy room at one server: what it delivers per CPU-second while somebody else posts, and how late. Every offset of every socket is counted. */
import { until } from "../tests/support/wait.ts";
import { cpuSeconds, percentile } from "./process-usage.ts";
import { type Dialect, openSwarm, type Swarm } from "./swarm.ts";

const warmSeconds = 2;
/** Everything is there so long after the last was sent, or counts as lost. */
const arrivesWithinMs = 20_000;

export interface Delivering {
  /** Of the server. */
  readonly port: number;
  readonly pid: number;
  readonly members: number;
  readonly dialect: Dialect;
  readonly perSecond: number;
  readonly seconds: number;
  readonly send: (seconds: number) => Promise<unknown>;
}

export interface Delivered {
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of what was to be delivered, what was there in time. */
  readonly share: number;
  /** What was not as it should be; nothing when all was there in time and in order. */
  readonly troubles: readonly string[];
}

export async function deliver(what: Delivering): Promise<Delivered> {
  const { port, pid, members, dialect, perSecond, seconds, send } = what;
  const swarm = await openSwarm({ port, size: members, dialect });
  try {
    await send(warmSeconds);
    const warm = await arrived(swarm, members * perSecond * warmSeconds);
    swarm.delays.length = 0;
    const [before, from] = [cpuSeconds(pid), swarm.delivered()];
    await send(seconds);
    const count = members * perSecond * (warmSeconds + seconds);
    const all = await arrived(swarm, count);
    return {
      perCpuSecond: (swarm.delivered() - from) / (cpuSeconds(pid) - before),
      share: swarm.delivered() / count,
      p50: percentile(swarm.delays, 0.5),
      p99: percentile(swarm.delays, 0.99),
      troubles: [...warm, ...all, ...swarm.troubles],
    };
  } finally {
    swarm.close();
  }
}

/** @throws Error when something is not there in time, or not in order */
export async function deliverAll(what: Delivering): Promise<Delivered> {
  const delivered = await deliver(what);
  if (delivered.troubles.length > 0) throw new Error(`not as it should be: ${delivered.troubles.join("; ")}`);
  return delivered;
}

/** @returns what is missing after a while; nothing when all is there */
export async function arrived(swarm: Pick<Swarm, "delivered">, count: number): Promise<readonly string[]> {
  try {
    const what = "every message at every socket";
    await until(() => swarm.delivered() >= count, { deadlineMs: arrivesWithinMs, what });
    return [];
  } catch {
    return [`${swarm.delivered()} of ${count} deliveries were made in time`];
  }
}
