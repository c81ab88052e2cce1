/** A whole cluster for tests, as `npm run cluster` starts it, in a folder of its own; any process can be killed and started again. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.ts";

const root = join(import.meta.dir, "..", "..");
const readyWithinMs = 120_000;
const endWithinMs = 60_000;
/** Characters. */
const shownOfLog = 2_000;

export interface ClusterProcess {
  readonly name: string;
  readonly role: string;
  readonly pid: number;
  readonly port: number;
  /** Of Superchat's own. */
  readonly metricsPort?: number;
}

export interface TestCluster extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  processes(role?: string): Promise<readonly ClusterProcess[]>;
  /** Sends the signal; resolves when the process has ended, unless the signal only stops or continues it. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a process that was killed, from another folder of code if one is named. */
  start(name: string, code?: string): Promise<void>;
  /** What the processes logged, by name. */
  log(name: string): Promise<string>;
  /** SIGTERM to all of it. @returns the exit code */
  stop(): Promise<number>;
}

export interface ClusterOptions {
  readonly gateways?: number;
  readonly writers?: number;
  /** With the language model that they need. Default: none. */
  readonly bots?: number;
  /** Of Kafka: "kafka", or "kafka-1" and so on where there are several. */
  readonly brokers?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Of single processes: "gateway-1:VARIABLE=VALUE". */
  readonly ownEnv?: readonly string[];
  /** Where Superchat's own processes begin from. */
  readonly code?: string;
  /** Does something with the folder before anything starts in it. */
  readonly prepare?: (folder: string) => Promise<void>;
}

export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { gateways = 2, writers = 1, bots = 0, brokers = 1, env = {}, ownEnv = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), "superchat-cluster-"));
  const run = (...words: string[]) =>
    Bun.spawn([process.execPath, "scripts/cluster.ts", ...words, "--dir", folder], {
      cwd: root,
      env: { ...process.env, LIMITS: "off", LOG_LEVEL: "info", ...env },
      stdout: "pipe",
      stderr: "pipe",
    });
  await options.prepare?.(folder);
  const numbers = { gateways, writers, bots, brokers, port: 0 };
  const own = ownEnv.flatMap((each) => ["--env", each]);
  const code = options.code === undefined ? [] : ["--code", options.code];
  const child = run(...own, ...code, ...Object.entries(numbers).flatMap(([name, count]) => [`--${name}`, `${count}`]));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    const write = (chunk: Uint8Array) => {
      said += new TextDecoder().decode(chunk);
    };
    void stream.pipeTo(new WritableStream({ write }));
  }
  const describe = async (): Promise<{ url: string; processes: readonly ClusterProcess[] }> =>
    JSON.parse(await readFile(join(folder, "cluster.json"), "utf8"));
  const named = async (name: string) => {
    const found = (await describe()).processes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no ${name} in the cluster`);
    return found;
  };

  const { url } = await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the cluster ended with ${child.exitCode}:\n${said}`);
      return await describe().catch(() => undefined);
    },
    { deadlineMs: readyWithinMs, what: `cluster.json; so far:\n${said}` },
  );

  const log = (name: string) => readFile(join(folder, "logs", `${name}.log`), "utf8");
  const lastOf = async (name: string) => (await log(name)).slice(-shownOfLog);

  let ended: number | undefined;
  const stop = async () => {
    if (ended !== undefined) return ended;
    child.kill("SIGTERM");
    const giveUp = setTimeout(() => child.kill("SIGKILL"), endWithinMs);
    ended = await child.exited;
    clearTimeout(giveUp);
    await rm(folder, { recursive: true, force: true });
    return ended;
  };

  return {
    url,
    folder,
    async processes(role) {
      const { processes } = await describe();
      return role === undefined ? processes : processes.filter((each) => each.role === role);
    },
    async kill(name, signal = "SIGKILL") {
      const { pid } = await named(name);
      if (!isAlive(pid)) throw new Error(`${name} had ended by itself; its log ends with:\n${await lastOf(name)}`);
      process.kill(pid, signal);
      if (signal === "SIGSTOP" || signal === "SIGCONT") return;
      await until(() => !isAlive(pid), { deadlineMs: endWithinMs, what: `${name} to end` });
    },
    async start(name, code) {
      const starting = run("start", name, ...(code === undefined ? [] : ["--code", code]));
      if ((await starting.exited) !== 0) throw new Error(await new Response(starting.stderr).text());
    },
    log,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(statusOf(pid));
  } catch {
    return false;
  }
}

/** A process that has ended but was not waited for yet counts as ended. */
function statusOf(pid: number): string {
  const answer = Bun.spawnSync(["cat", `/proc/${pid}/status`], { stderr: "ignore" });
  return answer.success ? answer.stdout.toString() : "";
}
