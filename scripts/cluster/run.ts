/** A cluster in the foreground, from its first process to its last: starts, describes, watches, and ends them in order. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { lockDataFolder } from "#db/data-lock.ts";
import { keptSecret } from "#gateway/kept-secret.ts";
import { ensureNginx } from "../services/nginx.ts";
import { freePort, isFree } from "../services/ports.ts";
import { ensurePostgres } from "../services/postgres.ts";
import type { RunWish } from "./arguments.ts";
import { listenForStarts } from "./control.ts";
import {
  type Door,
  type Member,
  type Opened,
  openKafka,
  openNginx,
  openPostgres,
  openRedis,
  type Role,
} from "./members.ts";
import { openLanguageModel } from "./ollama.ts";
import { superchatProcesses } from "./processes.ts";
import { createRoll, type Roll } from "./roll.ts";

/** Those who talk to people first, then what they work with. */
const endingOrder: readonly (readonly Role[])[] = [
  ["gateway", "bot"],
  ["writer"],
  ["nginx"],
  ["ollama", "kafka", "redis", "postgres"],
];
type Address = Pick<Door, "host" | "port">;

const servesWithinMs = 15_000;
const servesPollMs = 50;

/** @param stopped resolves when all of it is to end */
export async function runCluster(wish: RunWish, stopped: Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const dir = resolve(wish.dir);
  const address = { host: process.env.HOST || "127.0.0.1", port: wish.port || freePort() };
  if (!isFree(address.port, address.host)) throw new Error(portInUse(address.port));
  const release = lockFolder(dir);
  const description = join(dir, "cluster.json");
  const url = `http://localhost:${address.port}`;
  // One after the other: several processes may be started at once.
  let described = Promise.resolve();
  const roll = createRoll(`npm run cluster -- start NAME --dir ${wish.dir}`, (processes) => {
    described = described
      .catch(() => undefined)
      .then(async () => {
        await writeFile(`${description}.new`, `${JSON.stringify({ url, processes }, null, 2)}\n`);
        await rename(`${description}.new`, description);
      });
    return described;
  });
  try {
    await rm(description, { force: true });
    await mkdir(join(dir, "logs"), { recursive: true });
    const control = await listenForStarts(dir, roll.startAgain);
    try {
      const ready = startAll(dir, wish, address, roll).then(() => true);
      if (await Promise.race([ready, stopped.then(() => false)])) {
        await roll.publish();
        console.log(`The cluster is at ${url} after ${seconds(startedAt)}. Its folder is ${dir}.`);
        await stopped;
        console.log("Ending all of it.");
      }
    } finally {
      await control.stop();
    }
  } finally {
    await rm(description, { force: true });
    await rm(environmentFile(dir), { force: true });
    roll.close();
    await endAll(roll.members());
    release();
  }
}

/** Where the processes of a running cluster find each other, for tools that work on it. */
export function environmentFile(dir: string): string {
  return join(dir, "environment.json");
}

async function startAll(dir: string, wish: RunWish, address: Address, roll: Roll): Promise<void> {
  // Each may have to be installed first.
  ensurePostgres();
  ensureNginx();
  const limits = process.env.LIMITS !== "off";
  const add = ({ member, env }: Opened) => {
    roll.add(member);
    return env;
  };
  const environments = await everyOne([
    ...(wish.bots > 0 ? [openLanguageModel(dir).then((opened) => Object.assign({}, ...opened.map(add)))] : []),
    openRedis(dir).then(add),
    openPostgres(dir).then(add),
    openKafka(dir, wish.brokers).then((opened) => Object.assign({}, ...opened.map(add))),
  ]);
  const env = Object.assign({}, ...environments, {
    JWT_SECRET: await keptSecret(dir),
    KAFKA_TOPIC: "room-events",
    KAFKA_GROUP_ID: "writers",
    TRUST_PROXY: "on",
    LIMITS: limits ? "on" : "off",
    ADD_PEOPLE: process.env.ADD_PEOPLE || "ask",
    LOG_LEVEL: process.env.LOG_LEVEL || "info",
  });
  // For tools on this machine: as private as the secret in it.
  await writeFile(environmentFile(dir), JSON.stringify(env), { mode: 0o600 });
  const own = superchatProcesses(dir, wish, env);
  const gateways = own.filter(({ role }) => role === "gateway").map(({ port }) => `127.0.0.1:${port}`);
  await everyOne([
    openNginx(dir, { ...address, gateways, limits }).then((opened) => void add(opened)),
    ...own.map(async (member) => {
      await member.start();
      roll.add(member);
    }),
  ]);
  await untilServing(address);
}

/** Waits for all, also when one fails, so that what was started is known and can be ended. */
async function everyOne<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

async function untilServing({ host, port }: Address): Promise<void> {
  const own = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const giveUpAt = performance.now() + servesWithinMs;
  for (;;) {
    const answer = await fetch(`http://${own.includes(":") ? `[${own}]` : own}:${port}/`).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > giveUpAt)
      throw new Error(`Everything runs, but nginx answers ${answer?.status ?? "nothing"}: see logs/nginx.log.`);
    await Bun.sleep(servesPollMs);
  }
}

async function endAll(members: readonly Member[]): Promise<void> {
  for (const roles of endingOrder) {
    const next = members.filter(({ role }) => roles.includes(role));
    for (const ending of await Promise.allSettled(next.map((member) => member.stop())))
      if (ending.status === "rejected") console.error(String(ending.reason));
  }
}

function lockFolder(dir: string): () => void {
  try {
    return lockDataFolder(dir).release;
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    throw new Error(sentence.replace("DATA_DIR", "--dir"), { cause });
  }
}

function portInUse(port: number): string {
  return `Port ${port} is in use by another program. Stop that program, or choose another port: npm run cluster -- --port ${port + 1}`;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
