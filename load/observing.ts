/** What a cluster spends while something goes on, until all of it is stored: each process's CPU-seconds, the frames of the gateways, and Redis. */
import type { TestCluster } from "../tests/support/cluster.ts";
import { untilStored } from "./cluster.ts";
import { lookAt, samplesBetween } from "./meter.ts";

export interface Spent {
  readonly seconds: number;
  /** CPU-seconds, by the name of the process. */
  readonly cpu: (name: string) => number;
  readonly redisCalls: number;
  /** What travelled together: to Kafka, and from it to the store. */
  readonly logBatches: number;
  readonly writerBatches: number;
  /** Frames times the sockets that each went to. */
  readonly frames: number;
}

export async function observe(cluster: TestCluster, work: () => Promise<unknown>): Promise<Spent> {
  const before = await lookAt(cluster);
  const from = performance.now();
  await work();
  await untilStored(cluster);
  const after = await lookAt(cluster);
  return {
    seconds: (performance.now() - from) / 1_000,
    cpu: (name) => (after.cpu.get(name) ?? 0) - (before.cpu.get(name) ?? 0),
    redisCalls: after.redisCalls - before.redisCalls,
    logBatches: samplesBetween(before, after, "superchat_log_batch_events_count"),
    writerBatches: samplesBetween(before, after, "superchat_writer_batch_events_count"),
    frames: samplesBetween(before, after, "superchat_gateway_delivered_frames_total"),
  };
}
