/** What can go wrong: each fault does its harm, holds it for a while, and leaves everything running. */
import { join } from "node:path";
import { SQL } from "bun";
import { applicationName } from "#adapters/postgres/level-store.ts";
import { descendantsOf, listProcesses } from "../../scripts/run-limited.ts";
import { isAlive } from "../support/cluster.ts";
import { until } from "../support/wait.ts";
import { poison } from "./poison.ts";
import type { Plannable } from "./schedule.ts";
import { anyOf, signalTree, type World } from "./world.ts";

const root = join(import.meta.dir, "../..");
const cutEveryMs = 70;
const rivalReadyWithinMs = 60_000;
const rivalEndsWithinMs = 20_000;
const groupJoinsWithinMs = 30_000;
/** A token is believed for a quarter of an hour, and a message of two minutes ago is young. */
const clockSteps = [90, -90, 600, -300];

export interface Fault extends Plannable {
  inject(world: World, holdMs: number): Promise<void>;
}

export interface FaultOptions {
  readonly roles: readonly string[];
  /** A kill is repaired after so long, in ms from and to. */
  readonly awayMs: readonly [number, number];
  readonly frozenMs: readonly [number, number];
  readonly withDisk: boolean;
  readonly withClock: boolean;
}

export function faultsFor({ roles, awayMs, frozenMs, withDisk, withClock }: FaultOptions): readonly Fault[] {
  return [
    ...roles.map((role) => ({ name: `kill ${role}`, target: role, holdMs: awayMs, inject: killed(role) })),
    ...roles.map((role) => ({ name: `freeze ${role}`, target: role, holdMs: frozenMs, inject: frozen(role) })),
    { name: "empty redis", target: "redis", holdMs: [0, 0], inject: emptyRedis },
    { name: "cut redis subscriptions", target: "redis", holdMs: [0, 0], inject: cutSubscriptions },
    { name: "cut postgres connections", target: "postgres", holdMs: awayMs, inject: cutConnections },
    { name: "rival writer", target: "rival", holdMs: frozenMs, inject: rival },
    { name: "rebalance", target: "group", holdMs: awayMs, inject: rebalanced },
    { name: "poison", target: "poison", holdMs: [0, 0], inject: poison },
    { name: "stalled reader", target: "reader", holdMs: frozenMs, inject: stalled },
    ...(withDisk ? [{ name: "kafka's disk is full", target: "kafka", holdMs: awayMs, inject: diskFull }] : []),
    ...(withClock
      ? [{ name: "step a gateway's clock", target: "gateway", holdMs: frozenMs, inject: clockStepped }]
      : []),
  ] satisfies Fault[];
}

function killed(role: string): Fault["inject"] {
  return async (world, holdMs) => {
    const { cluster, lives } = world;
    const { name, pid } = await anyOf(world, role);
    if (role === "redis") lives.push(Date.now());
    const children = descendantsOf(pid, listProcesses());
    await cluster.kill(name);
    for (const child of children) signalTree(child, "SIGKILL");
    await Bun.sleep(holdMs);
    await cluster.start(name);
  };
}

function frozen(role: string): Fault["inject"] {
  return async (world, holdMs) => {
    const { pid } = await anyOf(world, role);
    signalTree(pid, "SIGSTOP");
    try {
      await Bun.sleep(holdMs);
    } finally {
      signalTree(pid, "SIGCONT");
    }
  };
}

export async function emptyRedis(world: Pick<World, "cluster" | "random" | "lives">): Promise<void> {
  world.lives.push(Date.now());
  await redis(world, "FLUSHALL");
}

/** What is published until they are back reaches nobody. */
async function cutSubscriptions(world: World): Promise<void> {
  await redis(world, "CLIENT", "KILL", "TYPE", "pubsub");
}

async function redis(world: Parameters<typeof anyOf>[0], ...words: string[]): Promise<void> {
  const { port } = await anyOf(world, "redis");
  const command = ["redis-cli", "-p", `${port}`, ...words];
  // In a pair it may be away or frozen.
  const answers = async () =>
    (await Bun.spawn(command, { stdout: "ignore", stderr: "ignore", timeout: 5_000 }).exited) === 0;
  await until(answers, { deadlineMs: 60_000, what: `Redis to take ${words.join(" ")}` });
}

/** Again and again, so that some are cut in the middle of a transaction, or after its commit and before the answer. */
async function cutConnections({ env }: World, holdMs: number): Promise<void> {
  const sql = new SQL(env.DATABASE_URL ?? "", { max: 1 });
  const cutUntil = performance.now() + holdMs;
  try {
    while (performance.now() < cutUntil) {
      // In a pair Postgres may be away.
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()
        and application_name like ${`${applicationName}%`}`.catch(() => undefined);
      await Bun.sleep(cutEveryMs);
    }
  } finally {
    await sql.close();
  }
}

/** One more writer, of a group of its own: it reads every partition that the others read. */
async function rival({ env, random }: World, holdMs: number): Promise<void> {
  const group = { KAFKA_GROUP_ID: `rivals-${Math.floor(random() * 1e9)}` };
  const child = Bun.spawn([process.execPath, "--no-orphans", "writer/main.ts"], {
    cwd: root,
    env: { ...env, ...group },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const said = child.stdout.getReader();
  const giveUp = setTimeout(() => child.kill("SIGKILL"), rivalReadyWithinMs);
  await said.read();
  clearTimeout(giveUp);
  await Bun.sleep(holdMs);
  child.kill(random() < 0.5 ? "SIGTERM" : "SIGKILL");
  const impatience = setTimeout(() => child.kill("SIGKILL"), rivalEndsWithinMs);
  await child.exited;
  clearTimeout(impatience);
}

/** A stranger joins the writers' group, is given partitions, does nothing with them, and leaves. */
async function rebalanced({ kafka, env, topic }: World, holdMs: number): Promise<void> {
  const groupId = env.KAFKA_GROUP_ID ?? "";
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, rebalanceTimeout: 10_000 });
  const joined = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ autoCommit: false, eachBatch: async () => {} });
  await Promise.race([joined.promise, Bun.sleep(groupJoinsWithinMs)]);
  await Bun.sleep(holdMs);
  await consumer.disconnect();
}

async function stalled(world: World, holdMs: number): Promise<void> {
  world.stall(true);
  try {
    await Bun.sleep(holdMs);
  } finally {
    world.stall(false);
  }
}

async function diskFull(world: World, holdMs: number): Promise<void> {
  const { cluster, disk } = world;
  if (disk === undefined) throw new Error("Kafka has no disk of its own");
  const { name, pid } = await anyOf(world, "kafka");
  await disk.fill();
  // Writing goes on until a write fails: then the broker gives up.
  await until(() => !isAlive(pid), { deadlineMs: 20_000, what: "" }).catch(() => undefined);
  await Bun.sleep(holdMs);
  await disk.free();
  if (!isAlive(pid)) await cluster.start(name);
}

async function clockStepped({ clock, random }: World, holdMs: number): Promise<void> {
  if (clock === undefined) throw new Error("no process has a clock of its own");
  await clock.step(clockSteps[Math.floor(random() * clockSteps.length)] ?? 0);
  await Bun.sleep(holdMs);
  await clock.step(0);
}
