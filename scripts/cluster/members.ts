/** The processes of a cluster behind one handle each: the services that Superchat works with, and nginx. */
import { join } from "node:path";
import { startKafkaCluster } from "../services/kafka.ts";
import { startNginx } from "../services/nginx.ts";
import { startPostgres } from "../services/postgres.ts";
import { startRedis } from "../services/redis.ts";

/** Of what is in the log, where there are that many brokers. */
const mostReplicas = 3;

export type Role = "gateway" | "writer" | "bot" | "nginx" | "redis" | "kafka" | "postgres" | "ollama";

export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly port: number;
  /** Where a process of Superchat serves its metrics; for those that nothing else connects to, the port as well. */
  readonly metricsPort?: number;
  /** Of the last process, which may have ended; undefined once that is known. */
  pid(): number | undefined;
  /**
   * Again, after it has ended; resolves when it is ready.
   * @param code of Superchat's own processes: the folder of the code that it runs from now on
   */
  start(code?: string): Promise<void>;
  stop(): Promise<void>;
}

/** A member that runs, and what tells others where it is. */
export interface Opened {
  readonly member: Member;
  readonly env: Readonly<Record<string, string>>;
}

/** Nothing of it is kept: an empty Redis is filled from the store, one from yesterday would count on from the past. */
export async function openRedis(dir: string): Promise<Opened> {
  const server = await startRedis({ logFile: logFile(dir, "redis") });
  const { port, url } = server;
  return {
    member: { name: "redis", role: "redis", port, pid: () => server.pid, start: server.start, stop: server.stop },
    env: { REDIS_URL: url, REDIS_CLUSTER: "off" },
  };
}

export async function openPostgres(dir: string): Promise<Opened> {
  const server = await startPostgres({ folder: join(dir, "postgres"), logFile: logFile(dir, "postgres") });
  const { port, url, start, stop } = server;
  return {
    member: { name: "postgres", role: "postgres", port, pid: () => server.pid, start, stop },
    env: { DATABASE_URL: url },
  };
}

/** @returns one for each broker; all of them know where all are */
export async function openKafka(dir: string, brokers: number): Promise<readonly Opened[]> {
  const cluster = await startKafkaCluster({
    brokers,
    folder: join(dir, "kafka"),
    logFile: (name) => logFile(dir, name),
  });
  const env = { KAFKA_BROKERS: cluster.brokers.join(","), KAFKA_REPLICAS: `${Math.min(brokers, mostReplicas)}` };
  return cluster.nodes.map((node) => {
    const { name, port, start, stop } = node;
    return { member: { name, role: "kafka", port, pid: () => node.pid, start, stop }, env };
  });
}

export interface Door {
  readonly gateways: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly limits: boolean;
}

export async function openNginx(dir: string, door: Door): Promise<Opened> {
  const server = await startNginx({ ...door, folder: join(dir, "nginx"), logFile: logFile(dir, "nginx") });
  const { port, start, stop } = server;
  return { member: { name: "nginx", role: "nginx", port, pid: () => server.pid, start, stop }, env: {} };
}

export function logFile(dir: string, name: string): string {
  return join(dir, "logs", `${name}.log`);
}
