/** The services of a cluster without Superchat: its own processes are started one by one, from their entries. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChild } from "../../scripts/services/child.ts";
import { startKafka } from "../../scripts/services/kafka.ts";
import { freePort } from "../../scripts/services/ports.ts";
import { startPostgres } from "../../scripts/services/postgres.ts";
import { startRedis } from "../../scripts/services/redis.ts";

const root = join(import.meta.dir, "..", "..");
const readyWithinMs = 90_000;

export interface ServiceWorld extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly redisPort: number;
  /** What a process is told of the services. */
  readonly env: Readonly<Record<string, string>>;
  /** The services' processes by name. */
  readonly pids: Readonly<Record<"postgres" | "redis" | "kafka", number>>;
  startGateway(env: Readonly<Record<string, string>>): Promise<RunningProcess & { readonly url: string }>;
  startWriter(env: Readonly<Record<string, string>>): Promise<RunningProcess>;
}

export interface RunningProcess {
  readonly pid: number;
  readonly metricsUrl: string;
  /** The lines it has logged, parsed. */
  lines(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  stop(): Promise<void>;
}

export interface ServiceWorldOptions {
  /** Name and value, as after postgres -c. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
}

export async function openServiceWorld({ postgresSettings = {} }: ServiceWorldOptions = {}): Promise<ServiceWorld> {
  const folder = await mkdtemp(join(tmpdir(), "superchat-world-"));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closers.reverse()) await end();
  };
  const opened = <T extends { stop(): Promise<void> }>(service: T): T => {
    closers.push(service.stop);
    return service;
  };
  let count = 0;

  async function start(entry: string, env: Readonly<Record<string, string>>, ready: RegExp): Promise<RunningProcess> {
    count += 1;
    const logFile = join(folder, `process-${count}.log`);
    const metricsPort = freePort();
    const child = createChild({
      name: entry,
      command: [process.execPath, "--no-orphans", entry],
      cwd: root,
      env: { LIMITS: "off", ...env, METRICS_PORT: `${metricsPort}` },
      logFile,
      ready: (written) => ready.test(written),
      readyWithinMs,
    });
    await child.start();
    closers.push(child.stop);
    return {
      pid: child.pid ?? 0,
      metricsUrl: `http://127.0.0.1:${metricsPort}`,
      lines: async () =>
        (await readFile(logFile, "utf8"))
          .split("\n")
          .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : [])),
      stop: child.stop,
    };
  }

  try {
    const [postgres, redis, kafka] = await Promise.all([
      startPostgres({ settings: postgresSettings }).then(opened),
      startRedis().then(opened),
      startKafka().then(opened),
    ]);
    const services = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, KAFKA_BROKERS: kafka.brokers.join(",") };
    return {
      databaseUrl: postgres.url,
      kafkaBrokers: kafka.brokers,
      redisPort: redis.port,
      env: services,
      pids: { postgres: postgres.pid ?? 0, redis: redis.pid ?? 0, kafka: kafka.pid ?? 0 },
      async startGateway(env) {
        const port = freePort();
        const own = { ...services, HOST: "127.0.0.1", PORT: `${port}`, ...env };
        const running = await start("gateway/main.ts", own, /^Superchat is at http:/m);
        return { ...running, url: `http://127.0.0.1:${port}` };
      },
      startWriter: (env) => start("writer/main.ts", { ...services, ...env }, /^Superchat's writer is ready$/m),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
