/** Starts a real Kafka, of one broker or of several: each its own controller as well, on free ports of this machine. */
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { endingWithParent } from "../../db/native/unprivileged.ts";
import { writeInPlace } from "../../db/sync.ts";
import { type Child, createChild } from "./child.ts";
import { ensureKafkaFiles, type KafkaFiles } from "./kafka-files.ts";
import { clusterId, loggingProperties, serverProperties } from "./kafka-settings.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { freePort } from "./ports.ts";

/** A busy machine needs several times the usual three seconds. */
const readyWithinMs = 60_000;
/** A broker that is asked to stop and does not is killed after this time. */
const stopWithinMs = 20_000;
/** Among several that stop together the last ones wait in vain for others to take over; what they hold is on disk. */
const stopAmongSeveralWithinMs = 5_000;
/** Enough for tests and for trying the cluster; light on a small machine. */
const javaFlags = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export interface KafkaBroker {
  /** "kafka", or "kafka-1" and so on where there are several. */
  readonly name: string;
  readonly port: number;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, unless the signal only stops or continues it. Default: SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Again, on the same data and ports; resolves when it answers. Does nothing if it runs. */
  start(): Promise<void>;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
}

export interface KafkaCluster extends AsyncDisposable {
  /** Where clients find it, as host:port. */
  readonly brokers: readonly string[];
  /** The brokers themselves, in the same order. */
  readonly nodes: readonly KafkaBroker[];
  /** Ends all for good, and removes the folder unless that was given. */
  stop(): Promise<void>;
}

/** A cluster of one. */
export interface KafkaService extends KafkaBroker, AsyncDisposable {
  readonly brokers: readonly string[];
  /** Ends it for good, and removes its folder unless that was given. */
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** Keeps the data from one start to the next. */
  readonly folder?: string;
  /** By broker's name. Default: in the folder. */
  readonly logFile?: (name: string) => string;
}

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  const { brokers, nodes, stop } = await startKafkaCluster({ ...options, brokers: 1 });
  const [broker] = nodes;
  if (broker === undefined) throw new Error("A cluster of one broker has none.");
  const { name, port, kill, start } = broker;
  return {
    name,
    port,
    brokers,
    get pid() {
      return broker.pid;
    },
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * With three brokers or more everything is kept three times and acked once two have it: any one of them may be lost.
 * @throws Error with a sentence when the folder holds the data of another number of brokers
 */
export async function startKafkaCluster(options: KafkaOptions & { readonly brokers: number }): Promise<KafkaCluster> {
  const files = await ensureKafkaFiles();
  const home = resolve(options.folder ?? (await makeOwnFolder("kafka")));
  const nodes: KafkaBroker[] = [];
  async function stop(): Promise<void> {
    await Promise.all(nodes.map((node) => node.stop()));
    if (options.folder === undefined) await rm(home, { recursive: true, force: true });
  }
  try {
    await keepCount(home, options.brokers);
    const ports = Array.from({ length: options.brokers }, () => ({ port: freePort(), controllerPort: freePort() }));
    for (const [at, { port }] of ports.entries()) {
      const [name, folder] = ports.length === 1 ? ["kafka", home] : [`kafka-${at + 1}`, join(home, `broker-${at + 1}`)];
      await prepare(folder, files, serverProperties(ports, at));
      const logFile = options.logFile?.(name) ?? join(folder, "broker.log");
      nodes.push(
        createBroker(name, port, createJavaChild(name, files, { folder, logFile, alone: ports.length === 1 })),
      );
    }
    // Together: they are ready when most of them agree.
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers: nodes.map(({ port }) => `127.0.0.1:${port}`), nodes, stop, [Symbol.asyncDispose]: stop };
}

function createBroker(name: string, port: number, child: Child): KafkaBroker {
  const { kill, start, stop } = child;
  return {
    name,
    port,
    get pid() {
      return child.pid;
    },
    kill,
    start,
    stop,
  };
}

interface Place {
  readonly folder: string;
  readonly logFile: string;
  /** There are no other brokers. */
  readonly alone: boolean;
}

function createJavaChild(name: string, files: KafkaFiles, { folder, logFile, alone }: Place): Child {
  return createChild({
    name,
    command: endingWithParent(java(files, [...javaFlags, "kafka.Kafka", "server.properties"]), "TERM"),
    cwd: folder,
    logFile,
    ready: (written) => written.includes("Kafka Server started"),
    readyWithinMs,
    stopWithinMs: alone ? stopWithinMs : stopAmongSeveralWithinMs,
  });
}

/** Brokers vote by their number: data of three is of no use to one. */
async function keepCount(home: string, brokers: number): Promise<void> {
  await mkdir(home, { recursive: true });
  const kept = Bun.file(join(home, "brokers"));
  const before = (await kept.exists()) ? Number(await kept.text()) : brokers;
  if (before !== brokers)
    throw new Error(
      `${home} holds the data of ${before} Kafka brokers, not ${brokers}: start ${before} again, or choose another folder.`,
    );
  // Once, since a power cut would leave it empty.
  if (!(await kept.exists())) writeInPlace(join(home, "brokers"), `${brokers}\n`);
}

async function prepare(home: string, files: KafkaFiles, properties: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await Bun.write(join(home, "server.properties"), properties);
  await Bun.write(join(home, "log4j2.properties"), loggingProperties);
  if (await Bun.file(join(home, "data", "meta.properties")).exists()) return;
  const format = ["-Xmx128m", "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", "server.properties"];
  const { success, stdout, stderr } = Bun.spawnSync(java(files, format), { cwd: home, stdin: "ignore" });
  if (!success) throw new Error(`Kafka could not prepare its folder:\n${stderr}${stdout}`);
}

function java({ java, jars }: KafkaFiles, words: readonly string[]): string[] {
  return [java, "-cp", join(jars, "*"), "-Dlog4j2.configurationFile=log4j2.properties", ...words];
}
