/** The processes of a cluster behind one handle each: the services that Superchat works with, and nginx. */
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { startKafka } from "../services/kafka.ts";
import { startNginx } from "../services/nginx.ts";
import { freePort } from "../services/ports.ts";
import { startPostgres } from "../services/postgres.ts";
import { startRedis } from "../services/redis.ts";

export type Role = "gateway" | "writer" | "bot" | "nginx" | "redis" | "kafka" | "postgres" | "ollama";

export interface Member {
  readonly name: string;
  readonly role: Role;
  /** Null: nobody connects to it. */
  readonly port: number | null;
  /** Of the last process, which may have ended; undefined once that is known. */
  pid(): number | undefined;
  /** Again, after it has ended; resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A member that runs, and what tells others where it is. */
export interface Opened {
  readonly member: Member;
  readonly env: Readonly<Record<string, string>>;
}

/** Nothing of it is kept: an empty Redis is filled from the store, one from yesterday would count on from the past. */
export async function openRedis(dir: string): Promise<Opened> {
  const server = await startRedis(["--logfile", logFile(dir, "redis")]);
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

export async function openKafka(dir: string): Promise<Opened> {
  const folder = join(dir, "kafka");
  const port = freePort();
  // It is ready when its log says so: one from yesterday must not.
  for (const name of await logsOf(folder)) await rm(join(folder, name));
  const server = await startKafka({ folder, port });
  await linkLog(dir, folder);
  return {
    member: {
      name: "kafka",
      role: "kafka",
      port,
      pid: () => server.pid,
      async start() {
        // It has ended already; this makes the handle know.
        await server.kill("SIGKILL");
        await server.start();
        await linkLog(dir, folder);
      },
      stop: server.stop,
    },
    env: { KAFKA_BROKERS: server.brokers.join(",") },
  };
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

/** Each start of the broker has a log of its own, in its folder. */
async function linkLog(dir: string, folder: string): Promise<void> {
  const starts = (await logsOf(folder)).map((name) => Number(/\d+/.exec(name)?.[0]));
  const link = logFile(dir, "kafka");
  await rm(link, { force: true });
  await symlink(join("..", "kafka", `broker-${Math.max(...starts)}.log`), link);
}

async function logsOf(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  return (await readdir(folder)).filter((name) => /^broker-\d+\.log$/.test(name));
}
