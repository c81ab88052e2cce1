/** Starts a real Kafka: one broker that is its own controller, in a folder of its own, on free ports of this machine. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ensureKafkaFiles, type KafkaFiles } from "./kafka-files.ts";
import { clusterId, loggingProperties, serverProperties } from "./kafka-settings.ts";

/** A busy machine needs several times the usual three seconds. */
const readyWithinMs = 60_000;
/** A broker that is asked to stop and does not is killed after this time. */
const stopWithinMs = 20_000;
const pollMs = 50;
/** Enough for tests and for trying the cluster; light on a small machine. */
const javaFlags = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export interface KafkaService extends AsyncDisposable {
  readonly brokers: readonly string[];
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Sends the signal and returns when the broker is gone. */
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it again on the same data and ports; returns when it answers. */
  start(): Promise<void>;
  /** Ends it for good, and removes its folder unless that was given. */
  stop(): Promise<void>;
}

export interface KafkaServiceOptions {
  /** Keeps the data from one start to the next. */
  readonly folder?: string;
  /** Default: a free one. */
  readonly port?: number;
}

export async function startKafka({ folder, port = freePort() }: KafkaServiceOptions = {}): Promise<KafkaService> {
  const files = await ensureKafkaFiles();
  const home = resolve(folder ?? (await mkdtemp(join(tmpdir(), "superchat-kafka-"))));
  await prepare(home, files, port);
  let broker: Bun.Subprocess | undefined;
  let starts = 0;

  async function start(): Promise<void> {
    if (broker !== undefined) return;
    starts += 1;
    const output = Bun.file(join(home, `broker-${starts}.log`));
    const child = runJava(files, home, [...javaFlags, "kafka.Kafka", "server.properties"], output);
    broker = child;
    try {
      await untilReady(child, output);
    } catch (error) {
      await kill("SIGKILL");
      throw error;
    }
  }

  async function kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = broker;
    if (child === undefined) return;
    child.kill(signal);
    const impatience = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
    await child.exited;
    clearTimeout(impatience);
    if (broker === child) broker = undefined;
  }

  async function stop(): Promise<void> {
    await kill("SIGTERM");
    if (folder === undefined) await rm(home, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: [`127.0.0.1:${port}`],
    get pid() {
      return broker?.pid;
    },
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function prepare(home: string, files: KafkaFiles, port: number): Promise<void> {
  await mkdir(home, { recursive: true });
  await Bun.write(join(home, "server.properties"), serverProperties({ port, controllerPort: freePort() }));
  await Bun.write(join(home, "log4j2.properties"), loggingProperties);
  if (await Bun.file(join(home, "data", "meta.properties")).exists()) return;
  const output = Bun.file(join(home, "format.log"));
  const format = ["-Xmx128m", "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", "server.properties"];
  if ((await runJava(files, home, format, output).exited) !== 0)
    throw new Error(`Kafka could not prepare its folder:\n${await lastLines(output)}`);
}

function runJava({ java, jars }: KafkaFiles, home: string, args: readonly string[], output: Bun.BunFile) {
  const command = [java, "-cp", join(jars, "*"), "-Dlog4j2.configurationFile=log4j2.properties", ...args];
  return Bun.spawn(command, { cwd: home, stdin: "ignore", stdout: output, stderr: output });
}

async function untilReady(child: Bun.Subprocess, output: Bun.BunFile): Promise<void> {
  const giveUpAt = performance.now() + readyWithinMs;
  while (!(await output.text()).includes("Kafka Server started")) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Kafka ended while it started:\n${await lastLines(output)}`);
    if (performance.now() > giveUpAt)
      throw new Error(`Kafka was not ready after ${readyWithinMs / 1_000} seconds:\n${await lastLines(output)}`);
    await Bun.sleep(pollMs);
  }
}

async function lastLines(output: Bun.BunFile): Promise<string> {
  return (await output.text()).trimEnd().split("\n").slice(-20).join("\n");
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
