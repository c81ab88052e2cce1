/** The cluster of a run as faults and evidence need it: its processes with all they started, and where its services are. */
import { readFileSync } from "node:fs";
import type { Kafka } from "kafkajs";
import { descendantsOf, listProcesses } from "../../scripts/run-limited.ts";
import type { ClusterProcess, TestCluster } from "../support/cluster.ts";
import { createRawKafka } from "../support/raw-kafka.ts";

export interface World {
  readonly cluster: TestCluster;
  readonly url: string;
  readonly random: () => number;
  /** Of a writer: where everything is. */
  readonly env: Readonly<Record<string, string>>;
  readonly kafka: Kafka;
  readonly topic: string;
  readonly rooms: readonly string[];
  /** When Redis began without what it had. */
  readonly lives: number[];
  readonly poisons: string[];
  readonly disk: Disk | undefined;
  readonly clock: Clock | undefined;
  /** Freezes the reader that stalls, or lets it go on; people are loud meanwhile. */
  stall(frozen: boolean): void;
}

/** A small one that holds Kafka's log. */
export interface Disk {
  fill(): Promise<void>;
  free(): Promise<void>;
}

export interface Clock {
  /** Which process has it. */
  readonly name: string;
  step(seconds: number): Promise<void>;
}

export async function servicesOf(cluster: TestCluster) {
  const [writer] = await cluster.processes("writer");
  if (writer === undefined) throw new Error("the cluster has no writer");
  const lines = readFileSync(`/proc/${writer.pid}/environ`, "utf8").split("\0");
  const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const retry = { retries: 30, initialRetryTime: 100, maxRetryTime: 2_000 };
  const brokers = (env.KAFKA_BROKERS ?? "").split(",");
  const kafka = createRawKafka({ brokers, clientId: "delivery", retry });
  return { env, kafka, topic: env.KAFKA_TOPIC ?? "" };
}

export async function anyOf(
  { cluster, random }: Pick<World, "cluster" | "random">,
  role: string,
): Promise<ClusterProcess> {
  const all = await cluster.processes(role);
  const chosen = all[Math.floor(random() * all.length)];
  if (chosen === undefined) throw new Error(`the cluster has no ${role}`);
  return chosen;
}

/** To a process and all it started: a frozen master whose workers go on is not frozen. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const each of [pid, ...descendantsOf(pid, listProcesses())]) {
    try {
      process.kill(each, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
