/**
 * Which versions run on the data of a cluster, what an update waits for, and its end: `npm run upgrade`, and in a container
 * `bun scripts/container/upgrade.ts`.
 */
import { readClusterSettings } from "#adapters/cluster-settings.ts";
import { openLevelMarks } from "#adapters/kafka/level-marks.ts";
import { createLevelStore } from "#adapters/postgres/level-store.ts";
import { openPostgresServer } from "#db/postgres.ts";
import { ConfigError } from "#domain/config-error.ts";
import { isChatError } from "#domain/errors.ts";
import { type Announced, firstLevel, obstacles } from "#domain/levels.ts";
import type { LevelMarks, LevelStore, LogReaders } from "#domain/ports/index.ts";
import { readSecretFiles } from "./secret-files.ts";

interface Tools {
  readonly store: LevelStore;
  readonly marks: LevelMarks;
  readonly readers: LogReaders;
}

/** Where the parts of the cluster are, as a writer is told. */
type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the exit code: 1 when something is in the way of what was asked, 2 when nobody can tell */
export async function upgrade(command: "show" | "finish", env: Environment): Promise<number> {
  try {
    const settings = readClusterSettings({ REDIS_URL: "redis://unused", ...env });
    // A name that no process has: whoever asks holds nothing up.
    const database = await openPostgresServer(settings.databaseUrl, "upgrade");
    try {
      const kafka = {
        brokers: settings.kafkaBrokers,
        topic: settings.kafkaTopic,
        groupId: settings.kafkaGroupId,
        replicas: settings.kafkaReplicas,
      };
      const inKafka = openLevelMarks({ ...kafka, clientId: "upgrade", report: () => undefined });
      const tools = { store: createLevelStore(database), ...inKafka };
      return command === "finish" ? await finish(tools) : await show(tools);
    } finally {
      await database.close();
    }
  } catch (error) {
    const told =
      error instanceof ConfigError ? error.problems.join("\n") : error instanceof Error ? error.message : error;
    console.error(told);
    return 2;
  }
}

async function show({ store, marks, readers }: Tools): Promise<number> {
  const [marked, elsewhere] = await Promise.all([unlessAway(marks.highest()), unlessAway(readers.names())]);
  const state = await store.look(elsewhere ?? []);
  const active = Math.max(state.active, marked ?? firstLevel);
  const rows = state.live.map((each) => `${rowOf(each)}  seen ${each.silentSeconds} s ago`);
  const silent = state.silent.map((each) => `${rowOf(each)}  silent for ${each.silentSeconds} s: not waited for`);
  const unknown = state.unannounced.map((name) => `${name}  does not say what it is, as versions before 0.2.0 do not`);
  console.log([`Active level: ${active}`, ...rows, ...silent, ...unknown].join("\n"));
  if (marked === undefined || elsewhere === undefined)
    say("Kafka can't be asked now: a process that reads it and says nothing of itself is not seen here.", 0);
  const to = aimOf(state.live);
  if (to <= active) {
    // Those that can't read the level are frozen or about to end, and nobody goes back to them.
    const able = state.live.filter(({ reads }) => reads >= active);
    const releases = new Set(able.map(({ release }) => release)).size + (unknown.length > 0 ? 1 : 0);
    if (releases < 2) return say("No update is under way.", 0);
    return say("Versions run beside each other, and read what all of them write: there is a way back.", 0);
  }
  const inTheWay = obstacles(to, state);
  if (inTheWay.length > 0) return say(waitsFor(to, inTheWay), 0);
  return say(`Nothing is in the way of level ${to}. Until it is reached, there is a way back.`, 0);
}

async function finish({ store, marks, readers }: Tools): Promise<number> {
  const elsewhere = await readers.names();
  const { active, live } = await store.look(elsewhere);
  const to = aimOf(live);
  if (to <= active) return say(`No update is under way: the level is ${active}.`, 0);
  const after = await store.raise({ to, steadySeconds: 0, elsewhere, mark: () => marks.mark(to) });
  if (after.active >= to) return say(`The level is ${after.active}. There is no way back to the version before.`, 0);
  return say(waitsFor(to, after.obstacles), 1);
}

/** Where the newest of them want to go. */
function aimOf(live: readonly Announced[]): number {
  return Math.max(firstLevel, ...live.map(({ writes }) => writes));
}

function rowOf({ name, role, release, reads, writes }: Announced): string {
  return [name, role, release, `reads ${reads}`, `writes ${writes}`].join("  ");
}

function waitsFor(level: number, inTheWay: readonly string[]): string {
  return [`Level ${level} waits for:`, ...inTheWay.map((each) => `  ${each}`)].join("\n");
}

async function unlessAway<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isChatError(error, "unavailable")) return undefined;
    throw error;
  }
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

if (import.meta.main) {
  await readSecretFiles();
  const [command = "show", ...more] = process.argv.slice(2);
  if ((command !== "show" && command !== "finish") || more.length > 0) {
    console.error("It takes nothing, or: finish");
    process.exit(2);
  }
  process.exit(await upgrade(command, process.env));
}
